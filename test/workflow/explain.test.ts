// Why a workflow does not take an event: the first false term, what it saw, and where it stands.

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Explanation } from '../../src/workflow/compile.ts';
import { eventOf, head, inWorkflow, ready } from './catalog.ts';

const steps = 'steps: [{ uses: chat.say-it, with: { room: a } }]';

async function explain(text: string, event = eventOf({})): Promise<readonly Explanation[]> {
  return (await ready(text)).explain?.(event) ?? [];
}

/** The false term of a workflow with this `if`, for an event with this data. */
async function falseTerm(condition: string, data: unknown) {
  const [found] = await explain(inWorkflow(`on: phone:call.ended\nif: ${condition}\n${steps}`), eventOf(data));
  return found?.is === 'false' ? found.term : found?.is;
}

describe('an explanation', () => {
  it('has every workflow in the order of the file with its reason', async () => {
    const file = `${head}  other: { on: [phone:call.started, "phone:batch.*"], ${steps} }
  no: { on: phone:call.ended, if: event.data.a == 2, ${steps} }
  yes: { on: phone:call.ended, unique: event.data.a, if: event.data.a == 1, ${steps} }
`;
    const found = await explain(file, eventOf({ a: 1 }));
    expect(found.map(({ workflow, is }) => [workflow.name, is])).toEqual([
      ['other', 'other-event'],
      ['no', 'false'],
      ['yes', 'taken'],
    ]);
    expect(found[0]).toMatchObject({ on: ['phone:call.started', 'phone:batch.*'] });
    expect(found[2]).toMatchObject({ match: { unique: '1' } });
  });

  it('counts an if that fails as taken, as the matcher does', async () => {
    expect(await falseTerm('event.data.a > 1', { a: {} })).toBe('taken');
  });

  it('agrees with the matcher on every event', async () => {
    const file = `${head}  a: { on: phone:call.ended, if: event.data.x == 1 && event.data.y != "n", ${steps} }
  b: { on: "phone:call.*", if: '[1, "q"].includes(event.data.x) || event.data.y == null', ${steps} }
  c: { on: phone:call.started, ${steps} }
  d: { on: phone:call.ended, if: event.data.x > 1 && event.data.y == "n", ${steps} }
`;
    const workflows = await ready(file);
    const value = fc.constantFrom(undefined, null, 1, 2, 'q', 'n', {});
    const type = fc.constantFrom('call.ended', 'call.started');
    fc.assert(
      fc.property(value, value, type, (x, y, type) => {
        const event = eventOf({ x, y }, type);
        const explained = workflows.explain?.(event) ?? [];
        const taken = explained.filter(({ is }) => is === 'taken').map(({ workflow }) => workflow.name);
        expect(taken).toEqual(workflows.match(event).map(({ workflow }) => workflow.name));
        for (const one of explained) if (one.is === 'false') expect(one.term).not.toBeNull();
      }),
    );
  });
});

describe('the first false term', () => {
  it('is the first of the file, with its place and the values it read', async () => {
    const found = await falseTerm('event.data.a == 1 && event.data.b != "x" && event.data.c == 3', { a: 1, b: 'x' });
    expect(found).toEqual({
      text: 'event.data.b != "x"',
      at: { file: 'w.yaml', line: 8, column: 30 },
      values: [{ path: 'event.data.b', shown: '"x"' }],
    });
  });

  it('is not one that fails: top-level terms have no order', async () => {
    const found = await falseTerm('event.data.n > 1 && event.data.a == "x"', { n: {}, a: 'y' });
    expect(found).toMatchObject({ text: 'event.data.a == "x"', values: [{ shown: '"y"' }] });
  });

  it.each([
    ['(event.data.summary ?? "") != ""', {}, [['event.data.summary', 'missing']]],
    [
      'event.data.a == 1 || event.data.b.c == 2',
      { a: 3, b: { c: null } },
      [
        ['event.data.a', '3'],
        ['event.data.b.c', 'null'],
      ],
    ],
    ['\'["x"].includes(event.data.list[0])\'', { list: ['y'] }, [['event.data.list[0]', '"y"']]],
    [
      'event.data.list.some(item => item.n > env.LIMIT)',
      { list: [{ n: 1 }] },
      [
        ['event.data.list', '[{"n":1}]'],
        ['env.LIMIT', '3'],
      ],
    ],
    ['event.data.a == 1 || event.data.a == 2', { a: 3 }, [['event.data.a', '3']]],
    ['false', {}, []],
  ])('%s shows the paths that it reads', async (condition, data, values) => {
    const found = await falseTerm(condition, data);
    expect(found).toMatchObject({ values: values.map(([path, shown]) => ({ path, shown })) });
  });

  it('cuts a long value', async () => {
    const found = await falseTerm('event.data.text == "x"', { text: 'y'.repeat(100_000) });
    const shown = typeof found === 'object' ? found?.values[0]?.shown : undefined;
    expect(shown).toHaveLength(200);
  });

  it('has its place inside a folded scalar and after escapes', async () => {
    const folded = await falseTerm('>\n  event.data.a == 1 &&\n  event.data.b == 2', { a: 1 });
    expect(folded).toMatchObject({ at: { line: 10, column: 7 } });
    const quoted = await falseTerm('"event.data.a == \\"x\\" && event.data.b == 2"', { a: 'x' });
    expect(quoted).toMatchObject({ at: { line: 8, column: 35 }, text: 'event.data.b == 2' });
  });
});
