import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatProblem } from '../../src/workflow/problem.ts';
import { eventOf, head, inInput, inSteps, load, problemsOf, scopeOf } from './catalog.ts';

const X = '${{';

/** Code and place of every problem of a file that is refused. */
async function refusalsOf(text: string): Promise<string[]> {
  const { workflows, problems } = await load(text);
  expect(workflows).toBeNull();
  return problems.map(({ code, at }) => `${code} ${at.line}:${at.column}`);
}

describe('what is no workflow file', () => {
  it.each([
    ['an empty file', '', 'file.empty 1:1'],
    ['only comments', '# nothing\n\n', 'file.empty 1:1'],
    ['only a document mark', '---\n', 'file.empty 1:1'],
    ['zeroes', '\0\0\0', 'file.not-text 1:1'],
    ['UTF-16', Buffer.from('\ufeffversion: 1\n', 'utf16le').toString('utf8'), 'file.not-text 1:1'],
    ['a compressed file', Buffer.from([0x1f, 0x8b, 8, 0, 1, 2]).toString('utf8'), 'file.not-text 1:1'],
    ['carriage returns as line breaks', 'version: 1\rworkflows: {}\r', 'yaml.quotes 1:10'],
    ['bytes that are not UTF-8', 'version: 1\n# \ufffd', 'file.not-text 2:3'],
    ['an escape character', 'a: \u001b[31m', 'file.not-text 1:4'],
    ['half a surrogate pair', 'a: \ud800', 'file.not-text 1:4'],
    ['more than 256 KiB', `# ${'é'.repeat(131_072)}`, 'file.too-large 1:1'],
    ['two documents', 'a: 1\n---\nb: 2\n', 'yaml.documents 2:1'],
    ['a tab as indentation', 'env:\n\tA: 1\n', 'yaml.tab 2:1'],
    ['%YAML 1.1', '%YAML 1.1\n---\nversion: 1\n', 'yaml.directive 1:1'],
    ['%TAG', '%TAG !e! tag:example.com,2026:\n---\nversion: 1\n', 'yaml.directive 1:1'],
    ['a key twice', 'version: 1\nenv: {}\nversion: 1\n', 'yaml.duplicate-key 3:1'],
    ['__proto__', 'version: 1\nenv:\n  __proto__: { A: 1 }\n', 'yaml.key 3:3'],
    ['a merge key', 'version: 1\nenv:\n  <<: { A: 1 }\n', 'yaml.key 3:3'],
    ['a map as a key', '? [a]\n: b\n', 'yaml.key 1:3'],
    ['an alias', 'env:\n  A: &a x\n  B: *a\n', 'yaml.alias 3:6'],
    ['an alias bomb', `a: &a [x,x]\nb: &b [*a,*a]\nc: &c [*b,*b]\nd: [*c,*c]\n`, 'yaml.alias 2:8'],
    ['a tag for code', 'env: { A: !!js/function "x" }\n', 'yaml.tag 1:11'],
    ['a number with 20 digits', 'env: { A: 12345678901234567890 }\n', 'yaml.number 1:11'],
    ['a number without end', 'env: { A: .inf }\n', 'yaml.number 1:11'],
    ['an unclosed quote', 'env: { A: "x }\n', 'yaml.syntax 1:11'],
    ['a key without a colon', 'env:\n  A\n', 'value.type 2:3'],
    ['a key without a colon among others', 'env:\n  A: 1\n  B\n', 'yaml.syntax 3:3'],
    ['uneven indentation', 'env:\n  A: 1\n B: 2\n', 'yaml.syntax 3:1'],
    ['a value that goes on with a key', 'env:\n  A: b\n    C: d\n', 'yaml.syntax 2:6'],
  ])('%s is told as such', async (_name, text, wanted) => {
    expect(await refusalsOf(text)).toContain(wanted);
  });

  it('a file with a byte order mark and CRLF is a file like any other', async () => {
    const text = `\ufeff${inInput('title: a').replaceAll('\n', '\r\n')}`;
    expect((await load(text)).problems).toEqual([]);
    expect(await refusalsOf(text.replace('desk.save-note', 'desk.save-not'))).toEqual(['step.unknown-action 10:15']);
  });
});

describe('a trap of YAML', () => {
  it.each([
    ['if: !event.ok && x', 'yaml.tag', "Put the whole value in quotes: '!event.ok && x'"],
    [
      'if: event.a ? event.b : event.c',
      'yaml.quotes',
      'Put the whole value in quotes: \'event.a ? event.b : event.c\'; or write it after "|" on a line of its own.',
    ],
    [
      'if: "a" == event.id',
      'yaml.quotes',
      'Put the whole value in quotes: \'"a" == event.id\'; or write it after "|" on a line of its own.',
    ],
    [
      'if: ["a"].includes(event.id)',
      'yaml.quotes',
      'Put the whole value in quotes: \'["a"].includes(event.id)\'; or write it after "|" on a line of its own.',
    ],
    [
      'if: @event',
      'yaml.quotes',
      'Put the whole value in quotes: \'@event\'; or write it after "|" on a line of its own.',
    ],
    ['if: {{ event.ok }}', 'yaml.braces', 'Write expressions as "${{ … }}", with the dollar sign.'],
    [
      'if: *event',
      'yaml.alias',
      'Put text in quotes (\'*event\'), or write the value out; literals that several places need can go under "env".',
    ],
    [
      `if: true\n  unique: Call #${X} event.id }} x`,
      'yaml.comment',
      `Put the whole value in quotes if it belongs to it: 'Call #${X} event.id }} x'`,
    ],
  ])('%s is explained', async (line, code, hint) => {
    const text = `${head}  one:\n    on: phone:call.ended\n    ${line.replace('\n  ', '\n    ')}\n    steps: [{ uses: chat.say-it, with: { room: a } }]\n`;
    const problems = await problemsOf(text);
    expect(problems.map((problem) => [problem.code, problem.hint])).toEqual([[code, hint]]);
  });

  it('a comment is a comment', async () => {
    expect(await problemsOf(inInput('title: a # a remark\nbody: b  # - - -'))).toEqual([]);
    expect((await problemsOf(inInput('title: a #b'))).map(({ code, severity }) => `${severity} ${code}`)).toEqual([
      'warning yaml.comment',
    ]);
  });

  it('text in braces needs quotes inside a flow map', async () => {
    const [problem] = await problemsOf(inSteps(`- uses: desk.save-note\n  with: { title: ${X} event.id }}, body: x }`));
    expect(problem).toMatchObject({ code: 'yaml.quotes', at: { line: 10, column: 24 } });
  });
});

describe('a file made to do harm', () => {
  const many = (text: string) => text.repeat(Math.floor(250_000 / text.length));

  it.each([
    ['nested lists', many('[')],
    ['nested maps', many('{')],
    ['nested blocks', `${many('- ')}a`],
    ['nested question marks', many('? ')],
    ['nested keys', many('a: ')],
    ['one key many times', many('a:\n')],
    ['many keys', Array.from({ length: 30_000 }, (_, index) => `k${index}:`).join('\n')],
    ['many keys in one line', `{${Array.from({ length: 25_000 }, (_, index) => `k${index}: 1`).join(',')}}`],
    [
      'many unknown keys of a step',
      inSteps(
        `- uses: chat.say-it\n  with: { room: a }\n${Array.from({ length: 14_000 }, (_, index) => `  k${index}: 1`).join('\n')}`,
      ),
    ],
    ['many anchors', many('&a ')],
    ['many tags', many('- !b c\n')],
    ['many aliases', many('- *b\n')],
    ['many documents', many('---\n')],
    ['many directives', many('%A\n')],
    ['many empty lines', many('\n')],
    ['many comments', many('#\n')],
    ['many quotes', many('"')],
    ['many broken lists', many('- [\n')],
    ['many steps', inSteps(many('- uses: chat.say-it\n').slice(0, 150_000))],
    ['many expressions', inInput(`title: ${many(`${X} event.id }}`).slice(0, 200_000)}`)],
    ['a long expression', inInput(`title: ${X} ${many('1+')}1 }}`)],
    ['many unclosed expressions', inInput(`title: "${many(`${X} `)}"`)],
    ['many unknown names in one text', inInput(`title: "${many(`${X} evnt.id }}`).slice(0, 200_000)}"`)],
    ['many types that are wrong in one text', inInput(`title: "${`\\x20${X} !event + 1 }}`.repeat(8000)}"`)],
    ['a long list of expressions', inInput(`tags: [${`"${X} -event.id }}", `.repeat(6000)}a]`)],
    [
      'many sources under one star',
      `version: 1\nsources:\n${Array.from({ length: 2000 }, (_, index) => `  s${index}: { uses: phone, secrets: [a] }`).join('\n')}\nworkflows:\n${Array.from({ length: 1200 }, (_, index) => `  w${index}: { on: "*:call.*", steps: [{ uses: chat.say-it }] }`).join('\n')}\n`,
    ],
    ['a long name', inSteps(`- uses: ${'ab'.repeat(50_000)}.${'cd'.repeat(50_000)}`)],
    ['a deep chain of fields', inInput(`title: ${X} event${'.a'.repeat(1900)} }}`)],
    ['deep arrow functions', inInput(`title: ${X} ${'[1].map(x => '.repeat(200)}1${')'.repeat(200)} }}`)],
    ['a deep expression', inInput(`title: ${X} ${'('.repeat(100_000)}`)],
    [
      'many workflows with problems',
      head + Array.from({ length: 3000 }, (_, index) => `  w${index}: { on: x, steps: [{ uses: a.b }] }\n`).join(''),
    ],
  ])('%s end in problems, and soon', async (_name, text) => {
    const begun = process.threadCpuUsage().user;
    const { workflows, problems } = await load(text);
    expect(workflows).toBeNull();
    expect(problems.length).toBeGreaterThan(0);
    expect(problems.length).toBeLessThanOrEqual(501);
    // Of the processor, whatever else runs beside: below one second on a machine of 2026, and once 20.
    expect((process.threadCpuUsage().user - begun) / 1000).toBeLessThan(5000);
  });
});

describe('any mutilated file', () => {
  const whole = inSteps(
    `- id: a\n  uses: desk.save-note\n  if: event.data.n > 1 && !event.data.off\n  with:\n    title: "Call ${X} event.data.t ?? \\"none\\" }}"\n    body: |\n      One ${X} env.OWNER }}\n\n      two\n    people: [{ address: '${X} event.data.a }}', name: it''s }]\n    fields: { a: 1.50, b: ~ } # a remark\n- uses: web.call\n  needs: [a]\n  retry: { attempts: 3, within: 1h }\n  with: { url: https://example.com/3, method: GET }`,
  );
  const pieces = [
    ': ',
    ' #',
    '\n',
    '- ',
    '"',
    "'",
    '${{',
    '}}',
    '{',
    '}',
    '[',
    ']',
    '!',
    '&a ',
    '*a ',
    '|',
    '>',
    '\t',
    '? ',
    '%',
  ];
  const words = [
    '@',
    ',',
    '  ',
    '__proto__: 1\n',
    '<<: ',
    'steps.a.output',
    'secrets.X',
    '---\n',
    '\\',
    '\u00e9',
    '\ud83d\ude00',
    '0',
    'null',
    '~',
    '\r\n',
  ];
  const piece = fc.constantFrom(...pieces, ...words);
  const change = fc.record({ at: fc.nat(whole.length), remove: fc.nat(12), insert: fc.array(piece, { maxLength: 3 }) });

  it('that begins with an expression has its problems inside', async () => {
    const { problems } = await load('${{ 1\nsources: {}\n');
    expect(problems.map(({ at }) => [at.line, at.column])).toContainEqual([1, 1]);
    for (const { at } of problems) expect(at.column).toBeGreaterThan(0);
  });

  it('is loaded or refused, with every problem inside the file', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), async (changes) => {
        let text = whole;
        for (const { at, remove, insert } of changes)
          text = text.slice(0, at) + insert.join('') + text.slice(at + remove);
        const { workflows, problems } = await load(text);
        expect(workflows === null).toBe(problems.some((problem) => problem.severity === 'error'));
        const lines = text.split('\n');
        for (const problem of problems) {
          const line = lines[problem.at.line - 1];
          expect(line).toBeDefined();
          expect(problem.at.column).toBeLessThanOrEqual((line ?? '').length + 1);
          expect(formatProblem(problem, text, { color: false })).toContain('^');
        }
        const [match] = workflows?.match(eventOf({ n: 2, t: 't', a: 'a@b.c' })) ?? [];
        for (const step of match?.workflow.steps ?? [])
          step.input(scopeOf({}, { a: { status: 'succeeded', output: {} } }));
      }),
      { numRuns: 150 },
    );
  });
});
