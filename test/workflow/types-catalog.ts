// A source whose events have every kind of type, and ways to check one expression with it.

import { defineSource, type EventDefinition, type Schema } from '../../src/plugin/index.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import type { Problem } from '../../src/workflow/problem.ts';
import { catalog, inSteps, inWorkflow } from './catalog.ts';

const call = {
  type: 'object',
  properties: {
    callId: { type: 'string' },
    duration: { type: 'number' },
    summary: { type: 'string' },
    shortSummary: { type: 'string' },
    endReason: { enum: ['unjoined', 'hangup', 'timeout'] },
    status: { enum: ['done', 'failed'] },
    agent: { type: 'object', properties: { agentId: { type: 'string' }, name: { type: 'string' } } },
    tags: { type: 'array', items: { type: 'string' } },
    parts: {
      type: 'array',
      items: {
        type: 'object',
        properties: { text: { type: 'string' }, seconds: { type: 'number' } },
        required: ['text'],
      },
    },
    metadata: { type: 'object', additionalProperties: true },
    labels: { type: 'object', additionalProperties: { type: 'string' } },
    isSuccess: { type: 'boolean' },
    rating: { type: ['number', 'null'] },
    ref: { type: ['string', 'integer'] },
    extra: {},
  },
  required: ['callId', 'status', 'parts', 'metadata', 'rating', 'ref'],
} as const satisfies Schema;

const event = (data: Schema): EventDefinition => ({
  description: 'Something happened.',
  data,
  body: { type: 'object', properties: { sent: { type: 'string' } }, required: ['sent'] },
  samples: {},
});

const phone = defineSource({
  name: 'phone',
  description: 'A telephone system.',
  settings: { type: 'object', properties: {} },
  identify: () => ({ type: 'call.ended', rule: 'none', data: null }),
  events: {
    'call.ended': event({ type: 'object', properties: { call, note: { type: 'string' } }, required: ['call'] }),
    'call.failed': event({
      type: 'object',
      properties: { call, error: { type: 'string' } },
      required: ['call', 'error'],
    }),
    'batch.done': event({
      type: 'object',
      properties: { batchId: { type: 'string' }, count: { type: 'integer' } },
      required: ['batchId', 'count'],
    }),
  },
});

export const typed = { ...catalog, source: (name: string) => Promise.resolve(name === 'phone' ? phone : undefined) };

/** Problems as `code` with the file's text from their place on: what a frame would underline. */
export async function typeProblems(text: string): Promise<readonly Problem[]> {
  return (await loadWorkflows({ file: 'w.yaml', text }, typed)).problems;
}

/** `line:column code` of every problem. */
export async function placesIn(text: string): Promise<readonly string[]> {
  return (await typeProblems(text)).map(({ at, code }) => `${at.line}:${at.column} ${code}`);
}

/** Where `¦` stands in a text, as `line:column`, and the text without it. */
export function unmark(marked: string): { readonly text: string; readonly at: string | undefined } {
  const before = marked.split('¦', 1)[0]?.split('\n') ?? [];
  const at = marked.includes('¦') ? `${before.length}:${(before.at(-1) ?? '').length + 1}` : undefined;
  return { text: marked.replace('¦', ''), at };
}

const note = 'steps: [{ uses: desk.save-note, with: { title: a } }]';

/** A file whose workflow has this condition. */
export function withIf(condition: string, on = 'phone:call.ended'): string {
  return inWorkflow(`on: ${on}\nif: |-\n  ${condition.replaceAll('\n', '\n  ')}\n${note}`);
}

/** A file with this value for one field of the input; `when`: the workflow's condition. */
export function withInput(field: string, value: string, when = 'true', on = 'phone:call.ended'): string {
  const title = field === 'title' ? '' : '\n      title: a';
  const input = `      ${field}: |-\n        ${value}`;
  return inWorkflow(
    `on: ${on}\nif: |-\n  ${when}\nsteps:\n  - id: note\n    uses: desk.save-note\n    with:${title}\n${input}`,
  );
}

export { inSteps, inWorkflow };
