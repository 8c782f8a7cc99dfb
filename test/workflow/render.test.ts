import { describe, expect, it } from 'vitest';
import { readSettings } from '../../src/core/settings.ts';
import { dryRun } from '../../src/run/dry-run.ts';
import type { Step, StepScope } from '../../src/workflow/compile.ts';
import { createBudget } from '../../src/workflow/expression/evaluate.ts';
import { inInput, inSteps, ready, scopeOf } from './catalog.ts';

const X = '${{';

async function stepOf(text: string): Promise<Step> {
  const workflows = await ready(text);
  const step = workflows.workflows.get('one')?.steps.at(-1);
  if (step === undefined) throw new Error('no step');
  return step;
}

/** The rendered input, or `line:column message`. */
async function render(text: string, scope: StepScope): Promise<unknown> {
  const input = (await stepOf(text)).input(scope);
  if (input.ok) return input.value;
  const { at, message } = input.failure;
  return `${at.line}:${at.column} ${message}`;
}

const note = (lines: string, data: unknown) => render(inInput(lines), scopeOf(data));

describe('an input', () => {
  it('keeps the type of a value that is one expression, and makes text of any other', async () => {
    const lines = `title: "${X} event.data.t }}"\npages: ${X} event.data.n }}\nurgent: ${X} event.data.n > 2 }}\nbody: n is ${X} event.data.n }}!`;
    expect(await note(lines, { t: 'a', n: 3 })).toEqual({ title: 'a', pages: 3, urgent: true, body: 'n is 3!' });
  });

  it('reads event, run, env and the steps before it', async () => {
    const text = inSteps(
      `- id: first\n  uses: desk.save-note\n  with: { title: a }\n- uses: desk.save-note\n  with:\n    title: "${X} env.OWNER }} ${X} steps.first.output.id }} ${X} run.replay }} ${X} event.type }}"`,
    );
    const scope = scopeOf({}, { first: { status: 'succeeded', output: { id: '7' } } });
    expect(await render(text, scope)).toEqual({ title: 'owner@example.com 7 0 call.ended' });
  });

  it('leaves an optional property out when its value is missing', async () => {
    const lines = `title: a\nbody: ${X} event.data.none }}\ntags: ${X} event.data.none }}\nfields: { a: "${X} event.data.none }}", b: 1 }`;
    expect(await note(lines, {})).toEqual({ title: 'a', fields: { b: 1 } });
  });

  it('takes null for missing where null may not stand, and keeps it where it may', async () => {
    const lines = `title: a\nbody: ${X} event.data.x }}\nmaybe: ${X} event.data.x }}\nfields: { a: "${X} event.data.x }}" }`;
    expect(await note(lines, { x: null })).toEqual({ title: 'a', maybe: null, fields: { a: null } });
  });

  it('fails at its place when a required value is missing', async () => {
    expect(await note(`body: b\ntitle: ${X} event.data.none }}`, {})).toBe(
      '13:18 input "title" is required, but ${{ event.data.none }} is missing',
    );
    expect(await note(`title: a\nplace: { folder: "${X} event.data.none }}" }`, {})).toBe(
      '13:29 input "place.folder" is required, but ${{ event.data.none }} is missing',
    );
    expect(await note(`title: a\npeople: [{ address: "${X} event.data.none }}" }]`, {})).toContain(
      'input "people[0].address" is required',
    );
  });

  it('fails at its place when a missing value is part of a text or of a list', async () => {
    expect(await note(`title: |-\n  Call\n  with ${X} event.data.none }}`, {})).toMatch(
      /^14:22 "event\.data\.none" is missing/,
    );
    expect(await note(`title: a\ntags: [x, "${X} event.data.none }}"]`, {})).toMatch(
      /^13:22 input "tags" has a missing item/,
    );
    expect(await note(`title: a\ntags: ${X} ["x", event.data.none] }}`, {})).toMatch(
      /^13:17 input "tags" has a missing item/,
    );
  });

  it('fails at its place when the rendered value does not fit the schema', async () => {
    expect(await note(`title: ${X} event.data.n }}`, { n: 3 })).toBe('12:18 input "title" must be text, not a number');
    expect(await note(`title: ${X} event.data.t }}`, { t: 'x'.repeat(41) })).toBe(
      '12:18 input "title" must have at most 40 characters',
    );
    expect(await note(`title: a\nkind: ${X} event.data.k }}`, { k: 'lettre' })).toContain(
      'must be one of "memo", "letter"',
    );
    expect(await note(`title: a\nplace: ${X} event.data.p }}`, { p: { folder: 'x', extra: 1 } })).toBe(
      '13:18 input "place.extra" is not known here',
    );
    expect(await note(`title: a\nmail: ${X} event.data.m }}`, { m: 'a@b.c, d@e.f' })).toContain(
      '"mail" must be an e-mail',
    );
  });

  it('is never scanned again', async () => {
    const data = { t: `${X} env.OWNER }}` };
    expect(await note(`title: "${X} event.data.t }}"\nbody: "> ${X} event.data.t }}"`, data)).toEqual({
      title: '${{ env.OWNER }}',
      body: '> ${{ env.OWNER }}',
    });
  });

  it('is not changed by later changes of the event, and has no missing or forbidden properties', async () => {
    const data = JSON.parse('{"f":{"list":[1,{"a":2}],"__proto__":{"bad":1}}}') as { f: { list: unknown[] } };
    const input = await note(`title: a\nfields: ${X} event.data.f }}`, data);
    data.f.list.length = 0;
    expect(input).toEqual({ title: 'a', fields: { list: [1, { a: 2 }] } });
    expect(await note(`title: a\nfields: '${X} { a: event.data.none, b: 1 } }}'`, {})).toEqual({
      title: 'a',
      fields: { b: 1 },
    });
  });

  it('is empty without with, and may be refused for that', async () => {
    expect(await render(inSteps('- uses: web.call\n  with: { url: a }'), scopeOf({}))).toEqual({ url: 'a' });
  });
});

describe('an input that is encoded', () => {
  const say = (lines: string, data: unknown) =>
    render(
      inSteps(`- uses: chat.say-it\n  with:\n    room: r <&>\n    ${lines.replaceAll('\n', '\n    ')}`),
      scopeOf(data),
    );

  it('encodes what comes from expressions, and only that', async () => {
    const data = { t: '<!channel> & <b>' };
    expect(await say(`text: "<@me> ${X} event.data.t }}"\npage: <p>${X} event.data.t }}</p>`, data)).toEqual({
      room: 'r <&>',
      text: '<@me> &lt;!channel&gt; &amp; &lt;b&gt;',
      page: '<p>&lt;!channel&gt; &amp; &lt;b&gt;</p>',
    });
  });

  it('encodes a value that is one expression, and text inside lists and maps that an expression gives', async () => {
    const data = { t: '<x>', blocks: [{ text: '<x>', raw: '<x>' }] };
    expect(await say(`text: ${X} event.data.t }}\nblocks: ${X} event.data.blocks }}`, data)).toEqual({
      room: 'r <&>',
      text: '&lt;x&gt;',
      blocks: [{ text: '&lt;x&gt;', raw: '<x>' }],
    });
  });
});

describe('the expressions of a step', () => {
  /** Each makes six of the ten million characters that a step may make. */
  const large = '"x".padEnd(6000000).length';
  const both = `- uses: chat.say-it\n  if: event.data.n != ${large}\n  with:\n    room: |-\n      ${X} text(${large}) }}`;

  it('have one budget, the if and the input together', async () => {
    const step = await stepOf(inSteps(both));
    const [scope, budget] = [scopeOf({ n: 1 }), createBudget()];
    expect(step.condition(scope, budget)).toEqual({ ok: true, value: true });
    expect(step.input(scope, budget)).toMatchObject({
      ok: false,
      failure: { message: expect.stringContaining('make too much text') as string },
    });
    expect(step.input(scope), 'alone it is within (control)').toMatchObject({ ok: true });
    const workflow = (await ready(inSteps(both))).workflows.get('one');
    const tried = workflow && dryRun({ workflow, event: scope.event, settings: readSettings({}), now: 0 });
    expect(tried?.at(-1)).toMatchObject({ is: 'fails' });
  });
});

describe('a condition of a step', () => {
  const holds = async (condition: string, data: unknown) =>
    (await stepOf(inSteps(`- uses: chat.say-it\n  if: ${condition}\n  with: { room: a }`))).condition(scopeOf(data));

  it('is true without if, and takes a bare expression or one in braces', async () => {
    expect((await stepOf(inInput('title: a'))).condition(scopeOf({}))).toEqual({ ok: true, value: true });
    expect(await holds('event.data.n == 1', { n: 1 })).toEqual({ ok: true, value: true });
    expect(await holds(`${X} event.data.n == 1 }}`, { n: 2 })).toEqual({ ok: true, value: false });
    expect(await holds('false', {})).toEqual({ ok: true, value: false });
    expect(await holds('event.data.none', {})).toEqual({ ok: true, value: false });
  });

  it('fails at its place when it is neither true nor false', async () => {
    expect(await holds(`|\n    event.data.a == 1\n    && event.data.n`, { a: 1, n: 3 })).toMatchObject({
      ok: false,
      failure: { at: { file: 'w.yaml', line: 12, column: 14 } },
    });
  });
});
