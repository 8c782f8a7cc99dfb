// The action `request`: one HTTP request, its answer, and redirects only where the step asks for them.

import { defineAction, PermanentError, type Effect } from 'hookline/plugin';
import { answerOf, readExcerpt, readText } from './answer.ts';
import { bodyOf, headersOf, type Body } from './content.ts';
import { fromFailure, fromStatus, type Asked } from './faults.ts';
import type { Client } from './settings.ts';
import { authorize, isOwn, resolveUrl, shownUrl } from './target.ts';

const scalar = { type: ['string', 'number', 'boolean'] } as const;
const scalars = {
  type: 'object',
  additionalProperties: { anyOf: [scalar, { type: 'array', items: scalar }] },
} as const;

const harmless = new Set(['GET', 'HEAD']);
const repeatable = new Set(['GET', 'HEAD', 'PUT', 'DELETE']);
const redirects = new Set([301, 302, 303, 307, 308]);

export const request = defineAction({
  description: 'Sends one HTTP request and gives its answer.',
  input: {
    type: 'object',
    properties: {
      method: { enum: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'], description: 'Method of the request.' },
      url: { type: 'string', minLength: 1, description: 'The whole URL; or give `path`.' },
      path: {
        type: 'string',
        encode: 'url',
        description: "Path below the connection's `baseUrl`; values of expressions are encoded and stay one segment.",
      },
      query: { ...scalars, description: 'Parameters added to the URL, encoded.' },
      headers: { type: 'object', additionalProperties: { type: 'string' }, description: 'Headers of this request.' },
      json: { description: 'Any value, sent as JSON.' },
      form: { ...scalars, description: 'Fields, sent as application/x-www-form-urlencoded.' },
      text: { type: 'string', description: 'Text, sent as it is; set its `content-type` under `headers`.' },
      idempotent: {
        type: 'boolean',
        default: false,
        description: 'True when the service keeps the Idempotency-Key it is sent: a repeat then changes nothing.',
      },
      okStatuses: {
        type: 'array',
        items: { type: 'integer', minimum: 300, maximum: 599 },
        description: 'Statuses that count as success beside 200 to 299: 409 for what exists already.',
      },
      expectJson: {
        type: 'boolean',
        default: false,
        description: 'An answer that is no JSON, such as a login page, is not taken for success.',
      },
      followRedirects: {
        type: 'integer',
        minimum: 0,
        maximum: 3,
        default: 0,
        description:
          'How many redirects are followed: for GET and HEAD all kinds, else 307 and 308. Credentials stay with their origin.',
      },
      maxResponseBytes: {
        type: 'integer',
        minimum: 1,
        maximum: 10_485_760,
        default: 1_048_576,
        description: 'Largest answer that is read.',
      },
    },
    required: ['method'],
  },
  output: {
    type: 'object',
    properties: {
      status: { type: 'integer', description: 'Status of the answer.' },
      headers: { type: 'object', additionalProperties: { type: 'string' }, description: 'Names in lower case.' },
      body: { description: 'A value where the answer is JSON, else text. Whole numbers beyond 2^53 are text.' },
    },
    required: ['status', 'headers', 'body'],
  },
  effect: (input): Effect => {
    if (input.idempotent === true) return 'keyed';
    return input.method !== undefined && repeatable.has(input.method) ? 'repeatable' : 'once';
  },
  run: async (client: Client, input, attempt) => {
    const isHarmless = harmless.has(input.method);
    const key = input.idempotent === true ? { [client.idempotencyHeader]: attempt.key } : {};
    const sent = await send(client, {
      method: input.method,
      url: resolveUrl(client, input),
      headers: { ...input.headers, ...key },
      body: bodyOf(input),
      hops: input.followRedirects ?? 0,
    });
    const { response, asked } = sent;
    if (!response.ok && !(input.okStatuses ?? []).includes(response.status)) {
      throw fromStatus(response, asked, await readExcerpt(response), client.now());
    }
    try {
      const text = await readText(response, input.maxResponseBytes ?? 1_048_576, isHarmless);
      return { ...answerOf(response, text, input.expectJson ?? false) };
    } catch (error) {
      throw fromFailure(error, asked);
    }
  },
});

interface Sending {
  readonly method: string;
  readonly url: URL;
  /** Of the step. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Body | undefined;
  /** Redirects that may still be followed. */
  readonly hops: number;
}

/** Sends and follows. Once a redirect has led to another origin, nothing of the connection goes along any more. */
async function send(
  client: Client,
  { method, url, headers, body, hops }: Sending,
  own = isOwn(client, url),
): Promise<{ readonly response: Response; readonly asked: Asked }> {
  const sent = headersOf(own ? client.headers : {}, headers);
  if (body !== undefined && !sent.has('content-type')) sent.set('content-type', body.type);
  const target = own ? authorize(client, url, sent) : url;
  const authorized = own && client.base !== undefined && client.auth.kind !== 'none';
  const asked = { method, url: shownUrl(url), harmless: harmless.has(method), authorized };
  let response: Response;
  try {
    response = await client.fetch(target, {
      method,
      headers: sent,
      ...(body === undefined ? {} : { body: body.text }),
    });
  } catch (error) {
    throw fromFailure(error, asked);
  }
  const { status } = response;
  const follow = redirects.has(status) && hops > 0 && (asked.harmless || status === 307 || status === 308);
  const next = follow ? URL.parse(response.headers.get('location') ?? '', url.href) : null;
  if (next === null) return { response, asked };
  await response.body?.cancel();
  if (url.protocol === 'https:' && next.protocol !== 'https:') {
    throw new PermanentError(
      `${method} ${asked.url} was redirected from https: to ${next.protocol}, which is not followed`,
    );
  }
  const stays = next.origin === url.origin;
  return send(
    client,
    { method, url: next, headers: stays ? headers : withoutCredentials(headers), body, hops: hops - 1 },
    own && stays,
  );
}

function withoutCredentials(headers: Readonly<Record<string, string>>): Record<string, string> {
  const secret = /^(?:authorization|cookie|.*signature.*|.*api-?key.*|.*token.*)$/i;
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !secret.test(name)));
}
