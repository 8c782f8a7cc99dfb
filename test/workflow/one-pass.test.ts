// Every mistake is found in one pass: none hides another.

import { describe, expect, it } from 'vitest';
import { inWorkflow, typeProblems } from './types-catalog.ts';

const X = '${{';

describe('a mistake', () => {
  const places = async (marked: readonly string[]) => {
    const marks = marked.map((line) => line.indexOf('¦') + 1);
    const found = await typeProblems(marked.join('\n').replaceAll('¦', ''));
    return found.map(({ at, code }) => [at.column === marks[at.line - 1], code]);
  };
  const body = (value: string) => inWorkflow(value).split('\n');

  it.each([
    ['an unknown field', 'event.data.call.¦sumary != null', 'expression.unknown-field'],
    ['a value that is not listed', 'event.data.call.endReason == ¦"hung_up"', 'expression.not-listed'],
    ['a comparison that never holds', '¦event.data.call.callId == 7', 'expression.never'],
  ])('in the condition, %s, hides none in the steps', async (_, condition, code) => {
    const step = `steps:\n  - uses: desk.save-note\n    with:\n      title: ${X} event.data.call.¦nmae }}`;
    const file = body(`on: phone:call.ended\nif: |-\n  ${condition}\n${step}`);
    expect(await places(file)).toEqual([
      [true, code],
      [true, 'expression.unknown-field'],
    ]);
  });

  it('in the name of an action hides none in its input, and none in the steps after it', async () => {
    const one = `  - id: one\n    uses: ¦dsek.save-note\n    if: event.data.¦cal != null\n    with:\n      any: ["${X} ¦event.data.call.duration / 60 }}"]`;
    const two = `  - uses: desk.save-note\n    with:\n      title: ${X} steps.one.output.id }}\n      body: ${X} event.data.call.¦summ }}`;
    expect(await places(body(`on: phone:call.ended\nsteps:\n${one}\n${two}`))).toEqual([
      [true, 'step.unknown-connection'],
      [true, 'expression.unknown-field'],
      [true, 'expression.maybe-missing'],
      [true, 'expression.unknown-field'],
    ]);
  });
});
