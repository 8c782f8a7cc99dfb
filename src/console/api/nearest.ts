// The nearest reason why no workflow took an event: the workflow that was closest to taking it, and what was false.

import { setImmediate as turn } from 'node:timers/promises';
import type { Event } from '../../core/model.ts';
import type { FromSchema } from '../../plugin/index.ts';
import type { Explanation } from '../../workflow/compile.ts';
import type { AdminParts } from './parts.ts';
import { explainEvent, findConfig } from './verdict.ts';

export const nearest = {
  type: 'object',
  description: 'of an event that no workflow took',
  properties: {
    reason: {
      enum: ['false', 'other-event', 'would-take', 'unreadable', 'no-workflow'],
      description:
        'false: see text; other-event: no workflow waits for its type; would-take: it would be taken now; unreadable: see text',
    },
    workflow: { type: ['string', 'null'] },
    text: { type: 'string', description: 'of false: the first false term of its if' },
    values: {
      type: 'array',
      items: {
        type: 'object',
        properties: { path: { type: 'string' }, shown: { type: 'string' } },
        required: ['path', 'shown'],
        additionalProperties: false,
      },
    },
    certain: { type: 'boolean', description: 'it is known which file the event was matched with' },
  },
  required: ['reason', 'workflow', 'text', 'values', 'certain'],
  additionalProperties: false,
} as const;
export type NearestView = FromSchema<typeof nearest>;

/** Null for an event that was taken, or is not matched yet. */
export async function nearestReason(parts: AdminParts, event: Event): Promise<NearestView | null> {
  if (event.status !== 'ignored') return null;
  // A page of events and a large file are much work; requests in between are answered.
  await turn();
  const { workflows, certain } = await findConfig(parts, event, []);
  const { explained, problem } = explainEvent(parts, event, workflows);
  if (problem !== null) return { reason: 'unreadable', workflow: null, text: problem, values: [], certain };
  const view = { workflow: null, text: '', values: [], certain };
  const [best] = explained.toSorted((a, b) => distance(a) - distance(b));
  if (best === undefined) return { ...view, reason: 'no-workflow' };
  if (best.is === 'other-event') return { ...view, reason: 'other-event' };
  const workflow = best.workflow.name;
  if (best.is === 'taken') return { ...view, reason: 'would-take', workflow };
  const { text = 'its if', values = [] } = best.term ?? {};
  return { ...view, reason: 'false', workflow, text, values: values.map((value) => ({ ...value })) };
}

/** How far a workflow is from taking the event: the terms of its `if` that do not hold. */
function distance(one: Explanation): number {
  if (one.is === 'taken') return 0;
  return one.is === 'false' ? one.failing : Infinity;
}
