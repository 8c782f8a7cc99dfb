// The playground's routes: check a text, try it on an event. Nothing is kept and nothing is sent.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { fixedSeed } from '../../plugin/define.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { EventScope } from '../../workflow/compile.ts';
import type { Looked } from './looking.ts';
import type { AdminParts } from './parts.ts';
import {
  checked,
  tried,
  checkBody,
  tryBody,
  completion,
  completeBody,
  samples,
  type CheckAnswer,
  type TryAnswer,
  type CompleteAnswer,
  type SamplesAnswer,
} from './playground-schema.ts';
import { iso } from './values.ts';

export function playgroundRoutes(api: FastifyInstance, parts: AdminParts): void {
  const config = { reads: true };
  const playground = () => {
    if (parts.playground === undefined) throw new HostError('not.found', { what: 'the playground', id: 'here' });
    return parts.playground;
  };
  api.get('/playground/samples', { schema: { response: { 200: samples } } }, async (): Promise<SamplesAnswer> => {
    const live = await parts.workflows?.();
    return { items: [...(live?.sources.values() ?? [])].flatMap(({ name, source }) => samplesOf(name, source)) };
  });
  api.post<{ Body: FromSchema<typeof checkBody> }>(
    '/playground/check',
    { config, schema: { body: checkBody, response: { 200: checked } } },
    async ({ body }): Promise<CheckAnswer> => viewLooked(await playground().check(body.text)),
  );
  api.post<{ Body: FromSchema<typeof completeBody> }>(
    '/playground/complete',
    { config, schema: { body: completeBody, response: { 200: completion } } },
    async ({ body: { text: typed, offset } }): Promise<CompleteAnswer> => {
      const { from, options } = await playground().complete(typed, offset);
      return { from, options: options.map((option) => ({ ...option })) };
    },
  );
  api.post<{ Body: FromSchema<typeof tryBody> }>(
    '/playground/try',
    { config, schema: { body: tryBody, response: { 200: tried } } },
    async ({ body }): Promise<TryAnswer> => {
      const found = await playground().try(body.text, await eventOf(parts, body));
      return { ...viewLooked(found), tried: found.tried as TryAnswer['tried'] };
    },
  );
}

type Live = NonNullable<Awaited<ReturnType<NonNullable<AdminParts['workflows']>>>>;
type Source = Live['sources'] extends ReadonlyMap<string, { readonly source: infer S }> ? S : never;

function samplesOf(name: string, { events }: Source): SamplesAnswer['items'] {
  return Object.entries(events).flatMap(([type, { samples: made }]) => {
    const [first] = Object.values(made ?? {});
    return first === undefined ? [] : [{ source: name, type, body: first(fixedSeed) }];
  });
}

async function eventOf(parts: AdminParts, body: FromSchema<typeof tryBody>): Promise<EventScope> {
  const { event: id, source = '', type = '' } = body;
  if (id !== undefined) {
    const stored = await parts.store.event(id);
    if (stored === null) throw new HostError('not.found', { what: 'event', id });
    return {
      id,
      type: stored.type,
      source: stored.source,
      time: stored.time,
      ...timed(stored.receivedAt),
      ...read(parts, stored),
    };
  }
  const receivedAt = parts.clock();
  const bytes = new TextEncoder().encode(JSON.stringify(body.body ?? null));
  const event = {
    id: 'evt_try',
    source,
    type,
    key: '',
    rule: '',
    time: null,
    receivedAt,
    status: 'pending',
    body: bytes,
  } as const;
  return { id: event.id, type, source, time: null, ...timed(receivedAt), ...read(parts, { ...event, matched: [] }) };
}

function timed(receivedAt: number) {
  return { receivedAt: iso(receivedAt) };
}

function read({ readEvent }: AdminParts, event: Parameters<AdminParts['readEvent']>[0]) {
  try {
    return readEvent(event);
  } catch (error) {
    const why = error instanceof Error ? error.message : 'unknown';
    throw new HostError('input.invalid', { what: `the body cannot be read as an event: ${why}` }, { cause: error });
  }
}

function viewLooked({ problems, workflows }: Looked): CheckAnswer {
  return {
    problems: problems.map(({ code, severity, message, hint, at, length }) => {
      const { line, column } = at;
      return { code, severity, message, hint: hint ?? null, line, column, length: length ?? 1 };
    }),
    workflows: [...workflows],
  };
}
