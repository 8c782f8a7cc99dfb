// A small catalog of connectors and a source that exist only here, and ways to load a file with it.

import { defineAction, defineConnector, defineSource, type Connector, type Source } from '../../src/plugin/index.ts';
import type { Catalog, EventScope, StepScope, Workflows } from '../../src/workflow/compile.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import type { Problem } from '../../src/workflow/problem.ts';

const done = () => Promise.resolve({ id: '1' });
const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;

const saveNote = defineAction({
  description: 'Saves a note.',
  input: {
    type: 'object',
    properties: {
      title: { type: 'string', minLength: 1, maxLength: 40 },
      body: { type: 'string' },
      pages: { type: 'integer', minimum: 1 },
      share: { type: 'number' },
      urgent: { type: 'boolean' },
      kind: { enum: ['memo', 'letter'] },
      mail: { type: 'string', format: 'email' },
      tags: { type: 'array', items: { type: 'string' } },
      people: {
        type: 'array',
        items: {
          type: 'object',
          properties: { address: { type: 'string' }, name: { type: 'string' } },
          required: ['address'],
        },
      },
      place: {
        type: 'object',
        properties: { folder: { type: 'string' }, shelf: { type: 'integer' } },
        required: ['folder'],
      },
      due: { anyOf: [{ type: 'string' }, { type: 'integer' }] },
      maybe: { type: ['string', 'null'] },
      target: {
        oneOf: [
          {
            type: 'object',
            properties: { kind: { const: 'page' }, page: { type: 'integer' } },
            required: ['kind', 'page'],
          },
          {
            type: 'object',
            properties: { kind: { const: 'book' }, title: { type: 'string' } },
            required: ['kind', 'title'],
          },
        ],
      },
      fields: { type: 'object', additionalProperties: true },
      counts: { type: 'object', additionalProperties: { type: 'integer' } },
    },
    required: ['title'],
  },
  output,
  effect: 'keyed',
  run: done,
});

const sayIt = defineAction({
  description: 'Says something in a room.',
  input: {
    type: 'object',
    properties: {
      room: { type: 'string' },
      text: { type: 'string', encode: 'slack' },
      page: { type: 'string', encode: 'html' },
      blocks: {
        type: 'array',
        items: {
          type: 'object',
          properties: { text: { type: 'string', encode: 'slack' }, raw: { type: 'string' } },
        },
      },
    },
    required: ['room'],
  },
  output,
  effect: 'lookup',
  run: done,
});

const callOut = defineAction({
  description: 'Calls an address.',
  input: {
    type: 'object',
    properties: {
      url: { type: 'string' },
      method: { enum: ['GET', 'PUT', 'POST'] },
      safe: { type: 'boolean' },
      options: { type: 'object', properties: { deep: { type: 'boolean' } } },
    },
    required: ['url'],
  },
  output,
  effect: ({ method, safe, options }) => {
    if (safe === true) return 'keyed';
    if (options?.deep === true) return 'lookup';
    return method === 'GET' || method === 'PUT' ? 'repeatable' : 'once';
  },
  run: done,
  lookup: done,
});

const findNotes = defineAction({
  description: 'Finds notes.',
  input: { type: 'object', properties: { title: { type: 'string' } } },
  output: {
    type: 'object',
    properties: { total: { type: 'integer' }, ids: { type: 'array', items: { type: 'string' } } },
    required: ['total', 'ids'],
  },
  effect: 'repeatable',
  reads: true,
  run: () => Promise.resolve({ total: 0, ids: [] }),
});

const notes = defineConnector({
  name: 'notes',
  description: 'Notes.',
  settings: {
    type: 'object',
    properties: { url: { type: 'string', format: 'uri' }, port: { type: 'integer' }, token: { type: 'string' } },
    required: ['url'],
  },
  secrets: ['token'],
  connect: () => null,
  actions: { 'save-note': saveNote, 'drop-note': saveNote, find: findNotes },
});

const chat = defineConnector({
  name: 'chat',
  description: 'A chat.',
  settings: { type: 'object', properties: {} },
  connect: () => null,
  actions: { 'say-it': sayIt },
});

const web = defineConnector({
  name: 'web',
  description: 'Addresses.',
  settings: { type: 'object', properties: { base: { type: 'string' } } },
  connect: () => null,
  actions: { call: callOut },
});

const open = { type: 'object', additionalProperties: true } as const;
const event = { description: 'Something with a call.', data: open, body: open, samples: {} };

const phone = defineSource({
  name: 'phone',
  description: 'A telephone system.',
  settings: { type: 'object', properties: { region: { enum: ['eu', 'us'] } } },
  identify: () => ({ type: 'call.ended', rule: 'none', data: null }),
  events: { 'call.started': event, 'call.ended': event, 'batch.done': event },
});

const connectors = new Map<string, Connector>(Object.entries({ notes, chat, web }));
const sources = new Map<string, Source>([['phone', phone]]);

export const catalog: Catalog = {
  connector: (name) => Promise.resolve(connectors.get(name)),
  source: (name) => Promise.resolve(sources.get(name)),
  connectorNames: [...connectors.keys()],
  sourceNames: [...sources.keys()],
  broken: new Map([['torn', 'plugins/torn.ts: SyntaxError: Unexpected end of input']]),
};

export function load(text: string) {
  return loadWorkflows({ file: 'w.yaml', text }, catalog);
}

export async function problemsOf(text: string): Promise<readonly Problem[]> {
  return (await load(text)).problems;
}

/** Loads a file that has no error; a warning is let through, and so are wrong types. */
export async function ready(text: string): Promise<Workflows> {
  const { runnable, problems } = await load(text);
  if (runnable !== null) return runnable;
  throw new Error(problems.map(({ at, message }) => `${at.line}:${at.column} ${message}`).join('\n'));
}

export const head = `version: 1
env: { OWNER: owner@example.com, LIMIT: 3 }
sources: { phone: { uses: phone, secrets: ["\${{ secrets.PHONE }}"] } }
connections: { desk: { uses: notes, with: { url: https://notes.example.com } } }
workflows:
`;

function indent(text: string, by: number): string {
  return text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : ' '.repeat(by) + line))
    .join('\n');
}

/** A file with one workflow that holds these lines. */
export function inWorkflow(lines: string): string {
  return `${head}  one:\n${indent(lines, 4)}\n`;
}

/** A file with one workflow of these steps. */
export function inSteps(lines: string): string {
  return inWorkflow(`on: phone:call.ended\nsteps:\n${indent(lines, 2)}`);
}

/** A file with one step that saves a note with these lines under `with`. */
export function inInput(lines: string): string {
  return inSteps(`- id: note\n  uses: desk.save-note\n  with:\n${indent(lines, 4)}`);
}

export function eventOf(data: unknown, type = 'call.ended', source = 'phone'): EventScope {
  return { id: 'evt_1', type, source, time: null, receivedAt: '2026-01-31T12:00:00.000Z', data, body: null };
}

export function scopeOf(data: unknown, steps: StepScope['steps'] = {}): StepScope {
  return { event: eventOf(data), run: { id: 'run_1', startedAt: '2026-01-31T12:00:01.000Z', replay: 0 }, steps };
}
