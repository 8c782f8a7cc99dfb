// What `check` advises of files without errors, and that it keeps quiet about everything that may be meant.

import { describe, expect, it } from 'vitest';
import type { Advice } from '../../src/workflow/advise.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { catalog, head, inSteps, inWorkflow } from './catalog.ts';
import { typed, unmark, withIf } from './types-catalog.ts';

async function adviceOn(text: string, advice: Advice = {}, from = catalog) {
  const { workflows, problems } = await loadWorkflows({ file: 'w.yaml', text }, from, advice);
  expect(workflows, problems.map(({ message }) => message).join('\n')).not.toBeNull();
  expect(problems.every(({ severity }) => severity === 'warning')).toBe(true);
  return problems;
}

/** `line:column code`, without what the test's own frame leaves unused. */
async function placesOn(text: string, advice?: Advice, from = catalog) {
  const problems = await adviceOn(text, advice, from);
  const own = problems.filter(({ code }) => !code.endsWith('.unused'));
  return own.map(({ at, code }) => `${at.line}:${at.column} ${code}`);
}

describe('terms that cannot hold together', () => {
  it.each([
    'event.data.n > 60 && ¦event.data.n < 30',
    'event.data.n >= 3 && ¦event.data.n < 3',
    '3 < event.data.n && ¦3 > event.data.n',
    'event.data.n > -1 && ¦event.data.n < -1',
    'event.data.t > "m" && ¦event.data.t < "a"',
    'event.data.n == 5 && ¦event.data.n > 10',
    'event.data.t == "a" && ¦event.data.t == "b"',
    'event.data.t != "a" && ¦event.data["t"] == "a"',
    'event.data.t == "a" && event.data.n > 1 && ¦event.data.t === "b"',
    'event.data.a == null && ¦event.data.a.b == "c"',
    'event.data.a.b > 1 && ¦event.data.a == null',
    'event.data.ok && ¦!event.data.ok',
    '!event.data.ok && ¦event.data.ok == true',
    'event.data.t == "" && ¦!!event.data.t',
    '["a", "b"].includes(event.data.t) && ¦event.data.t == "c"',
    '["a", "b"].includes(event.data.t) && event.data.t != "a" && ¦event.data.t != "b"',
    '!["a", "b"].includes(event.data.t) && ¦event.data.t == "b"',
    'event.data.t.startsWith("a") && ¦!event.data.t.startsWith("a")',
    '(event.data.n ?? 0) > 3 && ¦(event.data.n ?? 0) < 2',
    'event.data.t.length > 3 && ¦event.data.t.length == 2',
    'event.data.a == event.data.b && ¦!(event.data.a == event.data.b)',
    '!(event.data.n > 3 || event.data.t == "a") && ¦event.data.t == "a"',
    'event.data.n > 3 && (event.data.t == "a" || ¦event.data.n < 2)',
    'event.data.t == "x" || (event.data.n > 3 && ¦event.data.n < 2)',
  ])('%s: the second is warned of', async (marked) => {
    const { text, at } = unmark(withIf(marked));
    expect(await placesOn(text)).toEqual([`${at} expression.never`]);
  });

  it.each([
    'event.data.n >= 3 && event.data.n <= 3',
    'event.data.n > 3 && event.data.n < 3.5',
    'event.data.n > 3 || event.data.n < 2',
    '(event.data.n > 3 && event.data.t == "a") || (event.data.n < 2 && event.data.t == "b")',
    '!(event.data.n > 3) && !(event.data.n < 4)',
    'event.data.t != "a" && event.data.t != "b"',
    'event.data.t != null && event.data.t !== ""',
    'event.data.t !== null && event.data.t == null',
    '!event.data.ok && event.data.ok != true',
    '!event.data.n && event.data.n == 0',
    '!event.data.a && event.data.a == null',
    'event.data.a.b == null && event.data.a == null',
    'event.data.n > 3 && event.data.t < "a"',
    'event.data.t > "Z" && event.data.t < "a"',
    '["a", "b"].includes(event.data.t) && event.data.t != "a"',
    '["a", event.data.b].includes(event.data.t) && event.data.t == "c"',
    'event.data.list.includes("a") && !event.data.list.includes("b")',
    'event.data.list[0] == "a" && event.data.list[1] == "b"',
    'event.data.t == "a" && event.data.t.trim() == "a"',
    'event.data.list.some(x => x == "a") && event.data.list.some(x => x == "b")',
    'event.data.x + 1 > 3 && event.data.x < 3',
    'event.data.n == event.data.m && event.data.n != 3',
  ])('%s may hold', async (condition) => {
    expect(await placesOn(withIf(condition))).toEqual([]);
  });

  it('what the types have told is not told again', async () => {
    const told = await placesOn(
      withIf('event.data.call.status == "done" && event.data.call.status == "failed"'),
      {},
      typed,
    );
    expect(told).toHaveLength(2);
    expect(
      await placesOn(withIf('event.type == "call.failed" && event.data.call.duration > 3'), {}, typed),
    ).toHaveLength(1);
  });

  it('the condition of a step is held against that of its workflow', async () => {
    const { text, at } = unmark(
      inWorkflow(
        'on: phone:call.ended\nif: event.data.n > 60\nsteps:\n  - uses: desk.save-note\n    if: event.data.t == "a" && ¦event.data.n < 30\n    with: { title: a }\n  - id: other\n    uses: desk.save-note\n    if: event.data.t == "b"\n    with: { title: a }',
      ),
    );
    const [problem, ...others] = (await adviceOn(text)).filter(({ code }) => !code.endsWith('.unused'));
    expect(others).toEqual([]);
    expect(problem).toMatchObject({
      message: '"event.data.n < 30" can never be true together with "event.data.n > 60"',
      hint: 'Step "save-note" is always skipped this way.',
    });
    expect(`${problem?.at.line}:${problem?.at.column}`).toBe(at);
  });
});

describe('a constant', () => {
  it.each(['¦false', '¦true', '¦1 > 2', 'event.data.n > 3 && ¦"a" != "b"', 'event.data.n > 3 || ¦[1].includes(1)'])(
    '%s as a condition is warned of',
    async (marked) => {
      const { text, at } = unmark(withIf(marked));
      expect(await placesOn(text)).toEqual([`${at} expression.constant`]);
    },
  );

  it('says what follows from a condition that is always false', async () => {
    const told = (await adviceOn(withIf('false'))).filter(({ code }) => code === 'expression.constant');
    expect(told).toMatchObject([
      { message: '"false" is always false', hint: 'Workflow "one" takes no event this way.' },
    ]);
  });

  it.each(['env.LIMIT == 3', 'env.LIMIT > 4 && event.data.n > 3'])(
    '%s is a switch of the file and may be',
    async (condition) => {
      expect(await placesOn(withIf(condition))).toEqual([]);
    },
  );

  it('as "unique" lets only one event have a run', async () => {
    const unique = (expression: string) =>
      inWorkflow(`on: phone:call.ended\nunique: ${expression}\nsteps: [{ uses: desk.save-note, with: { title: a } }]`);
    expect(await placesOn(unique('env.OWNER'))).toEqual(['8:13 expression.constant']);
    expect(await placesOn(unique('event.data.id'))).toEqual([]);
  });
});

describe('what nobody uses', () => {
  const X = '${{';
  const unusedIn = async (text: string) =>
    (await adviceOn(text)).map(({ code, at, path }) => `${code} ${at.line}:${at.column} ${path}`);
  const used = inSteps(`- uses: desk.save-note\n  with: { title: "${X} env.OWNER }} ${X} env.LIMIT }}" }`);

  it('is a connection that no step names', async () => {
    expect(await unusedIn(used)).toEqual([]);
    const twice = used.replace('{ desk:', '{ spare: { uses: chat }, desk:');
    expect(await unusedIn(twice)).toEqual(['connection.unused 4:16 connections.spare']);
    expect(await adviceOn(twice)).toMatchObject([{ hint: 'Remove it, or use what it can do: spare.say-it.' }]);
  });

  it('is a source that no "on" names, be it with a star', async () => {
    const twice = used.replace(
      'sources: { phone:',
      'sources: { phone-2: { uses: phone, secrets: ["${{ secrets.P }}"] }, phone:',
    );
    expect(await unusedIn(twice)).toEqual(['source.unused 3:12 sources.phone-2']);
    expect(await unusedIn(twice.replace('on: phone:call.ended', 'on: "phone*:call.ended"'))).toEqual([]);
    expect(await unusedIn(twice.replace('on: phone:call.ended', 'on: [phone:call.ended, phone-2:call.ended]'))).toEqual(
      [],
    );
  });

  it('is a literal that no expression reads', async () => {
    expect(await unusedIn(used.replace(` ${X} env.LIMIT }}`, ''))).toEqual(['env.unused 2:34 env.LIMIT']);
    for (const read of ['json(env)', 'env["LIMIT"]', 'env[event.data.name]']) {
      expect(await unusedIn(used.replace('env.LIMIT', read.replaceAll('"', "'"))), read).toEqual([]);
    }
    for (const file of [
      used.replace(`${X} env.LIMIT }}`, '').replace('on: phone', 'if: event.data.n > env.LIMIT\n    on: phone'),
      used
        .replace(`${X} env.LIMIT }}`, '')
        .replace('url: https://notes.example.com', `url: "https://${X} env.LIMIT }}.example.com"`),
    ]) {
      expect(await unusedIn(file)).toEqual([]);
    }
  });

  it('is a step that only looks something up, when no step reads what it finds', async () => {
    const find = '- id: old-notes\n  uses: desk.find\n  with: { title: a }\n';
    const save = (title: string) =>
      used
        .replace('- uses:', `${find.replaceAll('\n', '\n      ')}- uses:`)
        .replace(`${X} env.OWNER }}`, `${X} env.OWNER }}${title}`);
    const [problem] = await adviceOn(save(''));
    expect(problem).toMatchObject({
      code: 'step.unused',
      at: { line: 10, column: 15 },
      hint: 'Read its output in a later step: steps["old-notes"].output; or remove it.',
    });
    for (const read of ["steps['old-notes'].output.total", "steps['old-notes'].status", 'json(steps)']) {
      expect(await unusedIn(save(` ${X} ${read} }}`)), read).toEqual([]);
    }
    expect(
      await unusedIn(
        save('')
          .replace('if:', '')
          .replace('uses: desk.save-note', 'uses: desk.save-note\n        if: steps["old-notes"].output.total == 0'),
      ),
    ).toEqual([]);
  });

  it('is not spoken of where there is an error', async () => {
    const { problems } = await loadWorkflows({ file: 'w.yaml', text: inSteps('- uses: chat.say-itt') }, catalog, {});
    expect(problems.map(({ code }) => code)).toEqual(['step.unknown-action']);
  });
});

describe('a secret', () => {
  const two = inSteps('- uses: desk.save-note\n  with: { title: a }').replace(
    '{ url: https',
    '{ token: "${{ secrets.DESK }}", url: https',
  );
  const secretsOf = async (set: readonly string[]) =>
    (await adviceOn(two, { isSecretSet: (name) => set.includes(name) })).filter(({ code }) => code === 'secret.unset');

  it('that is not set where another is, is warned of at its place', async () => {
    expect(await secretsOf(['PHONE'])).toMatchObject([
      { at: { line: 4, column: 57 }, length: 12, message: 'secret "DESK" is not set here, though others are' },
    ]);
    expect(await secretsOf(['DESK'])).toMatchObject([{ at: { line: 3, column: 49 }, length: 13 }]);
  });

  it('that several connections read is warned of where it stands first', async () => {
    const spare = ', spare: { uses: notes, with: { token: "${{ secrets.DESK }}", url: https://example.com } } }';
    const file = two.replace(/^(connections: .*) \}$/m, (_, before: string) => `${before}${spare}`);
    expect(file).toContain('spare: {');
    const found = (await adviceOn(file, { isSecretSet: (name) => name === 'PHONE' })).filter(
      ({ code }) => code === 'secret.unset',
    );
    expect(found).toMatchObject([{ at: { line: 4, column: 57 } }]);
  });

  it('is not spoken of where none is set, or all are', async () => {
    expect(await secretsOf([])).toEqual([]);
    expect(await secretsOf(['PHONE', 'DESK'])).toEqual([]);
  });
});

describe('a step that can be in doubt for good', () => {
  const step = (lines: string) => inSteps(`- uses: web.call\n  with: { url: a }\n${lines}`);

  it('must say "onDoubt" when the check is strict', async () => {
    expect(await placesOn(step(''), { strict: true })).toEqual(['9:15 step.on-doubt']);
    expect(await placesOn(step(''), {})).toEqual([]);
    expect(await placesOn(step('  onDoubt: hold'), { strict: true })).toEqual([]);
    expect(await placesOn(step('  onDoubt: retry'), { strict: true })).toEqual([]);
  });

  it('is not one whose repeat is harmless, or that can be looked up', async () => {
    const text = inSteps('- uses: desk.save-note\n  with: { title: a }\n- uses: chat.say-it\n  with: { room: a }');
    expect(await placesOn(text, { strict: true })).toEqual([]);
    expect(await placesOn(step('').replace('url: a', 'url: a, method: GET'), { strict: true })).toEqual([]);
  });
});

it('a file that is only a head of parts is an error and gets no advice', async () => {
  expect((await loadWorkflows({ file: 'w.yaml', text: head }, catalog, { strict: true })).workflows).toBeNull();
});
