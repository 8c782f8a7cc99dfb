// The playground's routes: check a text, try it on an event. Nothing is kept and nothing is sent.

import type { FastifyInstance } from 'fastify';
import { HostError } from '../../core/errors.ts';
import { fixedSeed } from '../../plugin/define.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { EventScope } from '../../workflow/compile.ts';
import type { Looked } from './looking.ts';
import { nameQuery } from './paging.ts';
import type { AdminParts } from './parts.ts';
import { iso } from './values.ts';

const text = { type: 'string', maxLength: 262_144, description: 'a workflow file of at most 256 KiB' } as const;

const problem = {
  type: 'object',
  properties: {
    code: { type: 'string' },
    severity: { enum: ['error', 'warning'] },
    message: { type: 'string' },
    hint: { type: ['string', 'null'] },
    line: { type: 'integer' },
    column: { type: 'integer' },
    length: { type: 'integer', description: 'in characters' },
  },
  required: ['code', 'severity', 'message', 'hint', 'line', 'column', 'length'],
  additionalProperties: false,
} as const;

const checked = {
  type: 'object',
  properties: {
    problems: { type: 'array', items: problem },
    workflows: { type: 'array', items: { type: 'string' } },
  },
  required: ['problems', 'workflows'],
  additionalProperties: false,
} as const;
export type CheckAnswer = FromSchema<typeof checked>;

const termOrNull = {
  type: ['object', 'null'],
  properties: {
    text: { type: 'string' },
    at: { type: 'string' },
    values: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, shown: { type: 'string' } },
        required: ['path', 'shown'],
        additionalProperties: false,
      },
    },
  },
  required: ['text', 'at', 'values'],
  additionalProperties: false,
} as const;

const triedStep = {
  type: 'object',
  properties: {
    id: { type: 'string' },
    connection: { type: 'string' },
    action: { type: 'string' },
    is: { enum: ['calls', 'skipped', 'fails', 'open'], description: 'open: it depends on what earlier steps answer' },
    input: {},
    note: { type: ['string', 'null'] },
    at: { type: ['string', 'null'] },
    reads: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'connection', 'action', 'is', 'note', 'at', 'reads'],
  additionalProperties: false,
} as const;

const triedWorkflow = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    verdict: { enum: ['taken', 'fails', 'other-event', 'false'] },
    on: { type: 'array', items: { type: 'string' } },
    term: termOrNull,
    steps: { type: 'array', items: triedStep },
  },
  required: ['name', 'verdict', 'on', 'term', 'steps'],
  additionalProperties: false,
} as const;

const tried = {
  type: 'object',
  properties: { ...checked.properties, tried: { type: 'array', items: triedWorkflow } },
  required: [...checked.required, 'tried'],
  additionalProperties: false,
} as const;
export type TryAnswer = FromSchema<typeof tried>;

const checkBody = { type: 'object', properties: { text }, required: ['text'], additionalProperties: false } as const;

const tryBody = {
  type: 'object',
  properties: {
    text,
    event: { ...nameQuery, description: 'id of a stored event' },
    source: nameQuery,
    type: nameQuery,
    body: { description: 'instead of a stored event: the body as the source would send it' },
  },
  required: ['text'],
  additionalProperties: false,
} as const;

const completion = {
  type: 'object',
  properties: {
    from: { type: 'integer', description: 'where what is completed begins' },
    options: {
      type: 'array',
      items: {
        type: 'object',
        properties: {
          label: { type: 'string' },
          type: { type: 'string', description: 'property, enum, variable or function' },
          detail: { type: 'string' },
          info: { type: 'string' },
          apply: { type: 'string' },
        },
        required: ['label'],
        additionalProperties: false,
      },
    },
  },
  required: ['from', 'options'],
  additionalProperties: false,
} as const;
export type CompleteAnswer = FromSchema<typeof completion>;

const completeBody = {
  type: 'object',
  properties: { text, offset: { type: 'integer', minimum: 0, description: 'where the cursor is, in UTF-16 units' } },
  required: ['text', 'offset'],
  additionalProperties: false,
} as const;

const samples = {
  type: 'object',
  properties: {
    items: {
      type: 'array',
      items: {
        type: 'object',
        properties: { source: { type: 'string' }, type: { type: 'string' }, body: {} },
        required: ['source', 'type'],
        additionalProperties: false,
      },
    },
  },
  required: ['items'],
  additionalProperties: false,
} as const;
export type SamplesAnswer = FromSchema<typeof samples>;

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
