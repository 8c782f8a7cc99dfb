// What another file would do differently with the same events.

import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/core/settings.ts';
import { createComparison } from '../../src/run/compare.ts';
import { differences } from '../../src/run/difference.ts';
import { eventOf, head, ready } from '../workflow/catalog.ts';

const settings = readSettings({});

async function compare(before: string, after: string, data: readonly unknown[], only?: string) {
  const [old, next] = [await ready(head + before), await ready(head + after)];
  const comparison = createComparison({ before: old, after: next, settings, only });
  for (const [index, one] of data.entries()) {
    const event = { ...eventOf(one), id: `evt_${index}` };
    comparison.add(event, event);
  }
  return comparison.result();
}

const save = (title: string, more = '') =>
  `  one: { on: phone:call.ended, ${more} steps: [{ id: note, uses: desk.save-note, with: { title: "${title}" } }] }\n`;

describe('a comparison', () => {
  it('finds nothing between a file and itself', async () => {
    const file = save('Call of ${{ event.data.a }}', 'unique: event.data.a, if: event.data.a != "x",');
    const found = await compare(file, file, [{ a: 'q' }, { a: 'x' }, { a: {} }, {}]);
    expect(found).toMatchObject({ events: 4, workflows: [] });
    expect(found.calls).toEqual([{ connection: 'desk', before: 1, after: 1 }]);
  });

  it('counts events that are newly taken and no longer taken, and says why not', async () => {
    const before = save('t', 'if: event.data.a == 1,');
    const after = save('t', 'if: event.data.a == 2,');
    const { workflows, calls } = await compare(before, after, [{ a: 1 }, { a: 2 }, { a: 2 }, { a: 3 }]);
    expect(workflows).toMatchObject([
      {
        name: 'one',
        taken: { count: 2, example: 'evt_1' },
        lost: { count: 1, example: 'evt_0', why: { is: 'false', term: { text: 'event.data.a == 2' } } },
        changes: [],
        errors: [],
      },
    ]);
    expect(calls).toEqual([{ connection: 'desk', before: 1, after: 2 }]);
  });

  it('groups changed inputs by field, with one example each', async () => {
    const before = save('Call ${{ event.data.a }}');
    const after = save('Call of ${{ event.data.a }}').replace('with: {', 'with: { tags: ["${{ event.data.a }}"],');
    const { workflows } = await compare(before, after, [{ a: 'q' }, { a: 'r' }]);
    expect(workflows[0]?.changes).toEqual([
      { path: 'steps.note.input.title', before: 'Call q', after: 'Call of q', count: 2, example: 'evt_0' },
      { path: 'steps.note.input.tags', before: undefined, after: ['q'], count: 2, example: 'evt_0' },
    ]);
  });

  it('tells of steps that come, go, or use something else', async () => {
    const before = `  one:
    on: phone:call.ended
    steps:
      - { id: a, uses: desk.save-note, with: { title: t } }
      - { id: b, uses: desk.save-note, if: event.data.a == 1, with: { title: t } }
      - { id: c, uses: desk.save-note, with: { title: t } }
`;
    const after = before
      .replace('id: a, uses: desk.save-note', 'id: a, uses: desk.drop-note')
      .replace('event.data.a == 1', 'event.data.a == 2')
      .replace('id: c,', 'id: d,');
    const { workflows, calls } = await compare(before, after, [{ a: 1 }]);
    expect(workflows[0]?.changes.map(({ path, before, after }) => [path, before, after])).toEqual([
      ['steps.a.uses', 'desk.save-note', 'desk.drop-note'],
      ['steps.b', 'is called', 'is skipped'],
      ['steps.c', 'is called', undefined],
      ['steps.d', undefined, 'is called'],
    ]);
    expect(calls).toEqual([{ connection: 'desk', before: 3, after: 2 }]);
  });

  it('tells of new errors by their place, and of old ones no more', async () => {
    const before = save('${{ event.data.a }}');
    const after = `${save('${{ event.data.a }}')}  two: { on: phone:call.ended, if: event.data.b > 1, steps: [{ uses: chat.say-it, with: { room: a } }] }\n`;
    const found = await compare(before, after, [{ b: {} }, { a: 'q', b: {} }, { a: 'q', b: 0 }]);
    expect(found.workflows.map(({ name, errors }) => [name, errors])).toMatchObject([
      ['two', [{ step: null, certain: true, count: 2, example: 'evt_0', failure: { at: { line: 7 } } }]],
    ]);
    const broken = await compare(save('t'), before, [{}, { a: 'q' }, {}]);
    expect(broken.workflows[0]).toMatchObject({
      errors: [
        { step: 'note', certain: true, count: 2, failure: { message: expect.stringContaining('title') as string } },
      ],
      changes: [{ path: 'steps.note.input.title', before: 't', after: 'q', count: 1 }],
    });
    const mended = await compare(before, save('t'), [{}]);
    expect(mended.workflows[0]?.changes).toMatchObject([{ path: 'steps.note', before: 'fails', after: 'is called' }]);
  });

  it('calls once for each value of unique', async () => {
    const found = await compare(save('t'), save('t', 'unique: event.data.a,'), [{ a: 1 }, { a: 1 }, { a: 2 }, {}, {}]);
    expect(found.calls).toEqual([{ connection: 'desk', before: 5, after: 4 }]);
    expect(found.workflows[0]?.changes).toEqual([
      { path: 'unique', before: undefined, after: '1', count: 3, example: 'evt_0' },
    ]);
  });

  it('looks at one workflow only when asked', async () => {
    const two = save('t').replace('one:', 'two:');
    const found = await compare(save('t') + two, save('u') + two.replace('"t"', '"u"'), [{}], 'two');
    expect(found.workflows.map(({ name }) => name)).toEqual(['two']);
    expect(found.calls).toEqual([{ connection: 'desk', before: 1, after: 1 }]);
  });

  it('lists a hundred changed fields of a workflow and counts the rest', async () => {
    const input = (value: string) => save('t').replace('title: "t"', `title: t, fields: "\${{ ${value} }}"`);
    const many = Object.fromEntries(Array.from({ length: 150 }, (_, index) => [`k${index}`, index]));
    const { workflows } = await compare(input('event.data.a'), input('event.data.b'), [{ a: many, b: {} }]);
    expect([workflows[0]?.changes.length, workflows[0]?.moreChanges]).toEqual([100, 50]);
  });
});

describe('differences', () => {
  it.each<[unknown, unknown, unknown[][]]>([
    [1, 1, []],
    [Number.NaN, Number.NaN, []],
    [0, -0, [['', 0, -0]]],
    [null, undefined, [['', null, undefined]]],
    [{ a: { b: 1 } }, { a: { b: 2 } }, [['a.b', 1, 2]]],
    [{ 'a b': 1 }, {}, [['"a b"', 1, undefined]]],
    [
      [1, 2],
      [1, 3, 4],
      [
        ['[1]', 2, 3],
        ['[2]', undefined, 4],
      ],
    ],
    [{ a: [] }, { a: {} }, [['a', [], {}]]],
    [
      {},
      JSON.parse('{"__proto__":1,"toString":2}'),
      [
        ['__proto__', undefined, 1],
        ['toString', undefined, 2],
      ],
    ],
  ])('of %j and %j', (before, after, found) => {
    expect(differences(before, after).map((one) => [one.path, one.before, one.after])).toEqual(found);
  });
});
