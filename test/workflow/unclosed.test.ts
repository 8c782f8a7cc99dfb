// A quote or bracket that is never closed is shown where it opens.

import { describe, expect, it } from 'vitest';
import { head, inWorkflow } from './catalog.ts';
import { typeProblems, unmark } from './types-catalog.ts';

const steps = (lines: string) =>
  inWorkflow(`on: phone:call.ended\nsteps:\n  - uses: desk.save-note\n    with:\n${lines}`);

describe('what is never closed', () => {
  it.each([
    ['a quote', '      title: ¦"About ${{ event.id }}\n      body: b', '"'],
    ['a single quote', "      title: ¦'About\n      body: b", "'"],
    ['a quote at the end', '      title: ¦"About', '"'],
    ['a bracket', '      title: a\n      tags: ¦["a", "b"\n      body: b', ']'],
    ['a brace', '      title: a\n      place: ¦{ shelf: 3\n      body: b', '}'],
    ['a quote in brackets', '      title: a\n      tags: [¦"a]\n      body: b', '"'],
  ])('%s', async (_, lines, closer) => {
    const { text, at } = unmark(steps(lines));
    const problems = await typeProblems(text);
    expect(problems.map(({ at: place, code }) => `${place.line}:${place.column} ${code}`)).toEqual([
      `${at} yaml.syntax`,
    ]);
    expect(problems[0]?.hint).toBe(`Add the ${closer} where it is meant to end.`);
  });

  it('does not hide what is wrong before it', async () => {
    const problems = await typeProblems(`${head}env:\n\tA: 1\nworkflows: ["a\n`);
    expect(problems[0]?.code).toBe('yaml.tab');
  });
});
