// What an expression gives, as the engine would evaluate it in a step.

import { identify } from '../../connectors/truedy/identify.ts';
import { events } from '../../connectors/truedy/events.ts';
import { compileExpression, createBudget, ExpressionError } from '../../src/workflow/expression/evaluate.ts';
import { parseExpression } from '../../src/workflow/expression/parse.ts';

const names = ['event', 'steps', 'run', 'env'];

const at = '2026-01-15T10:30:00.000Z';
const body = events['call.ended']?.samples['nested']?.({ id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', at });

/** What expressions read, for a call that has ended. */
const scope = {
  event: {
    id: 'evt_01m853ktvfzccv0sjkt8d6egev',
    type: 'call.ended',
    source: 'truedy',
    time: at,
    receivedAt: '2026-01-15T10:30:01.000Z',
    data: identify(body).data,
    body,
  },
  run: { id: 'run_01m853ktvtz26mazdxf0jykmww', startedAt: '2026-01-15T10:30:01.250Z', replay: 0 },
  steps: { log: { status: 'succeeded', output: { id: '00TSb0000000001MAA', created: true } } },
  env: { OWNER: 'owner@example.com' },
};

export type Evaluated =
  | { readonly is: 'value'; readonly value: unknown }
  /** It fails the step. */
  | { readonly is: 'failure'; readonly message: string }
  /** It is found by `hookline check`. */
  | { readonly is: 'problem'; readonly message: string };

export function evaluate(source: string): Evaluated {
  const parsed = parseExpression(source, { names });
  if (!parsed.ok) {
    const { message, hint } = parsed.error;
    return { is: 'problem', message: hint === undefined ? message : `${message}; ${hint}` };
  }
  try {
    return { is: 'value', value: compileExpression(parsed.value)(scope, createBudget()) };
  } catch (error) {
    if (error instanceof ExpressionError) return { is: 'failure', message: error.message };
    throw error;
  }
}

/** The value as JSON; `missing` where there is none. */
export function valueText(value: unknown): string {
  return value === undefined ? 'missing' : JSON.stringify(value);
}
