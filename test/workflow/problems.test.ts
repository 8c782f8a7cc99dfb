import { describe, expect, it } from 'vitest';
import { formatProblem, problemCodes } from '../../src/workflow/problem.ts';
import { head, inInput, inSteps, inWorkflow, problemsOf } from './catalog.ts';

const X = '${{';

/** Told only by `check`: their cases are with its advice. */
const advice = new Set([
  'source.unused',
  'connection.unused',
  'env.unused',
  'secret.unset',
  'step.unused',
  'step.on-doubt',
  'expression.constant',
  'expression.not-marked',
]);

/** Code → files; `¦` stands before the place of the one problem of that code. */
const table: Record<string, readonly string[]> = {
  'value.unknown-key': [
    `¦colour: red\n${inSteps('- uses: desk.save-note\n  with: { title: a }')}`,
    inWorkflow('on: phone:call.ended\n¦onn: x\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inSteps('- uses: desk.save-note\n  ¦onEror: fail\n  with: { title: a }'),
    inSteps('- uses: desk.save-note\n  retry: { ¦tries: 3 }\n  with: { title: a }'),
    inInput('title: a\n¦titel: b'),
    inInput('title: a\nplace:\n  folder: x\n  ¦row: 1'),
    inInput('title: a\npeople: [{ address: a, ¦nam: b }]'),
    head.replace('with: { url', 'with: { ¦pott: 1, url'),
  ],
  'value.missing-key': [
    inWorkflow('on: phone:call.ended').replace('  one:', '  ¦one:'),
    inSteps('- ¦id: a'),
    inSteps('- id: a\n  uses: ¦desk.save-note'),
    inInput('body: x').replace('with:\n', '¦with:\n'),
    inInput('title: a\n¦place: { shelf: 1 }'),
    inInput('title: a\npeople: [¦{ name: b }]'),
    inInput('title: a\n¦target: { kind: page }'),
    head.replace('with: { url: https://notes.example.com', '¦with: { port: 1'),
    head.replace('desk: { uses: notes, with: { url: https://notes.example.com } }', '¦desk: { uses: notes }'),
  ],
  'value.type': [
    inInput('title: ¦3.10'),
    inInput('title: ¦+15551234567'),
    inInput('title: ¦true'),
    inInput('title: ¦\nbody: x'),
    inInput('title: a\npages: ¦"3"'),
    inInput('title: a\npages: ¦1.5'),
    inInput(`title: a\npages: ¦about ${X} event.data.n }}`),
    inInput('title: a\nurgent: ¦"true"'),
    inInput('title: a\ntags: ¦one'),
    inInput('title: a\ntags: [a, ¦7]'),
    inInput('title: a\nplace: ¦[x]'),
    inInput('title: a\ndue: ¦[x]'),
    inInput('title: a\ncounts: { a: 1, b: ¦x }'),
    inInput('title: a\ntarget: { kind: page, page: ¦x }'),
    inInput('title: a\ntarget: ¦page'),
    inSteps('- uses: desk.save-note\n  with: ¦x'),
    inWorkflow('on: phone:call.ended\nsteps: ¦x'),
    inWorkflow('on:\n  ¦phone: call.ended\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    `${head}  one: ¦x\n`,
    `version: 1\nworkflows: ¦[a]\n`,
    `¦- a\n- b\n`,
    `¦just text\n`,
  ],
  'value.invalid': [
    `version: ¦2\n${head.slice(11)}  one: { on: phone:call.ended, steps: [{ uses: chat.say-it, with: { room: a } }] }\n`,
    inInput('title: a\nkind: ¦lettre'),
    inInput('title: ¦""'),
    inInput(`title: ¦${'x'.repeat(41)}`),
    inInput('title: a\npages: ¦0'),
    inInput('title: a\nmail: ¦"a@b, c@d"'),
    inInput('title: a\ntarget: { kind: ¦paper, page: 1 }'),
    inSteps('- uses: desk.save-note\n  onError: ¦ignore\n  with: { title: a }'),
    inSteps('- uses: desk.save-note\n  retry: { attempts: ¦0 }\n  with: { title: a }'),
    inSteps('- uses: desk.save-note\n  retry: { firstDelay: ¦2m, maxDelay: 60s }\n  with: { title: a }'),
    inSteps('- id: ¦a b\n  uses: desk.save-note\n  with: { title: a }'),
    ...['5', '1/m', '0/s', '1.5/s', 'fast', '10 per minute'].map((rate) =>
      head.replace('desk: { uses: notes,', `desk: { uses: notes, rate: ¦${rate},`),
    ),
    inWorkflow('on: phone:call.ended\nsteps: ¦[]'),
    head.replace('workflows:\n', 'workflows: ¦{}\n'),
    head.replace('env: { OWNER', 'env: { ¦A-B: 1, OWNER'),
    head.replace('url: https', 'url: ¦example #https').replace(' #https://notes.example.com', ''),
  ],
  'value.reserved': [
    inSteps('- uses: desk.save-note\n  ¦forEach: x\n  with: { title: a }'),
    inSteps('- ¦wait: 5m\n  uses: desk.save-note\n  with: { title: a }'),
    inWorkflow('on: phone:call.ended\n¦concurrency: 1\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'value.duration': [
    inSteps('- uses: desk.save-note\n  timeout: ¦30\n  with: { title: a }'),
    inSteps('- uses: desk.save-note\n  timeout: ¦5 minutes\n  with: { title: a }'),
    inSteps('- uses: desk.save-note\n  retry: { within: ¦1w }\n  with: { title: a }'),
    inWorkflow('on: phone:call.ended\ntimeout: ¦1.5h\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'event.pattern': [
    inWorkflow('on: ¦call.ended\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: [phone:call.ended, ¦"phone: x"]\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'event.unknown-source': [
    inWorkflow('on: ¦fone:call.ended\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: [phone:call.ended, ¦mail:x]\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'event.unknown-type': [
    inWorkflow('on: ¦phone:call.endet\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: ¦phone:mail.*\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'event.loop': [
    inWorkflow('on: ¦[phone:call.ended, hookline:run.failed]\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'event.schema': [
    head.replace('phone: { uses: phone,', 'phone: { events: { a.b: ¦some }, uses: phone,'),
    head.replace('phone: { uses: phone,', 'phone: { events: { a.b: ¦{ type: text } }, uses: phone,'),
  ],
  'source.unknown': [head.replace('phone: { uses: phone', 'phone: { uses: ¦fone')],
  'source.no-secrets': [
    head.replace('["${{ secrets.PHONE }}"]', '¦[]'),
    head.replace(
      'sources: { phone: { uses: phone, secrets: ["${{ secrets.PHONE }}"] } }',
      'sources: { ¦phone: { uses: phone } }',
    ),
  ],
  'connector.unknown': [head.replace('uses: notes', 'uses: ¦note')],
  'connector.broken': [head.replace('uses: notes', 'uses: ¦torn'), inSteps('- uses: ¦torn.run')],
  'connector.needs-settings': [inSteps('- uses: ¦notes.save-note\n  with: { title: a }')],
  'secret.literal': [
    head.replace('url: https', 'token: ¦abc, url: https'),
    head.replace('["${{ secrets.PHONE }}"]', '[¦abc]'),
  ],
  'secret.reference': [head.replace('url: https', `token: "${X} ¦json(secrets) }}", url: https`)],
  'step.unknown-connection': [inSteps('- uses: ¦dusk.save-note\n  with: { title: a }')],
  'step.unknown-action': [
    inSteps('- uses: ¦desk.save-not\n  with: { title: a }'),
    inSteps('- uses: ¦desk\n  with: { title: a }'),
    inSteps('- uses: ¦desk.constructor\n  with: { title: a }'),
  ],
  'step.duplicate-id': [
    inSteps('- uses: chat.say-it\n  with: { room: a }\n- uses: ¦chat.say-it\n  with: { room: b }'),
    inSteps('- { id: a, uses: chat.say-it, with: { room: a } }\n- { id: ¦a, uses: chat.say-it, with: { room: a } }'),
  ],
  'step.needs-unknown': [inSteps('- { id: a, uses: chat.say-it, needs: [¦b], with: { room: a } }')],
  'step.needs-cycle': [
    inSteps('- { id: a, uses: chat.say-it, needs: [¦a], with: { room: a } }'),
    inSteps(
      '- { id: a, uses: chat.say-it, needs: [b], with: { room: a } }\n- { id: b, uses: chat.say-it, needs: ¦[a], with: { room: a } }',
    ),
  ],
  'step.unknown-step': [
    inInput(`title: a ${X} steps.¦log.output.id }}`),
    inSteps(
      `- { id: log, uses: chat.say-it, with: { room: a } }\n- uses: desk.save-note\n  if: steps.¦lgo.status == "succeeded"\n  with: { title: a }`,
    ),
  ],
  'step.not-before': [
    inInput(`title: a ${X} steps.¦note.output.id }}`),
    inSteps(
      `- { id: a, uses: chat.say-it, with: { room: "${X} steps.¦b.output.id }}" } }\n- { id: b, uses: chat.say-it, with: { room: a } }`,
    ),
    inSteps(
      `- { id: a, uses: chat.say-it, with: { room: a } }\n- { id: b, uses: chat.say-it, needs: [], with: { room: "${X} steps.¦a.output.id }}" } }`,
    ),
  ],
  'step.useless': [inSteps('- uses: desk.save-note\n  onDoubt: ¦retry\n  with: { title: a }')],
  'expression.invalid': [
    inWorkflow('on: phone:call.ended\nif: event.data.a ==¦\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: phone:call.ended\nif: ¦event.data.a = 1\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: phone:call.ended\nif: ¦evnt.data.a\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inWorkflow('on: phone:call.ended\nif: ¦steps.a.output\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
    inInput(`title: "${X} event.data.a + \\"\\u0041\\" + ¦foo }}"`),
    inInput(`title: '${X} event.data["it''s"] + ¦foo }}'`),
    inInput(`title: a\nbody: |\n  one\n  two ${X} ¦foo }}`),
    inInput(`title: a\nbody: >-\n  one\n  two\n\n  ${X} event.data.a +\n    ¦foo }}`),
    inInput(`title: a\nbody: one\n  two ${X} event.data.a +\n   ¦foo }}`),
    inInput(`title: a\nbody: "one\n  two \\\n  ${X} event.data.a +\n   ¦foo }}"`),
    inInput(`title: a\nbody: |2-\n   deep ${X} ¦foo }}`),
    inInput(`title: x ¦${X} event.data.a`),
    inInput(`title: x ¦${X} }}`),
    inInput(`title: a\nfields: { ¦"${X} a }}": 1 }`),
    head.replace('OWNER: owner@example.com', `OWNER: ¦"${X} event.id }}"`),
  ],
  'expression.secret': [inInput(`title: ${X} ¦secrets.TOKEN }}`)],
  'expression.template': [
    inWorkflow(
      `on: phone:call.ended\nif: ¦${X} event.data.a }} == 1\nsteps: [{ uses: chat.say-it, with: { room: a } }]`,
    ),
  ],
  'expression.unknown-field': [inInput(`title: a\nbody: ${X} event.¦dta.x ?? "" }}`)],
  'expression.maybe-missing': [inInput(`title: at ${X} ¦event.time }}`)],
  'expression.type': [inInput(`title: a\npages: ${X} ¦event.id }}`), inInput(`title: a\nshare: ${X} ¦event.id - 1 }}`)],
  'expression.not-listed': [
    inSteps(
      `- { id: log, uses: chat.say-it, with: { room: a } }\n- uses: desk.save-note\n  if: steps.log.status == ¦"succeded"\n  with: { title: a }`,
    ),
  ],
  'expression.never': [
    inWorkflow('on: phone:call.ended\nif: ¦event.id == 7\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'expression.condition': [
    inWorkflow('on: phone:call.ended\nif: ¦event.id\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
  ],
  'expression.unknown-env': [inInput(`title: ${X} env.¦OWNR }}`)],
  'yaml.number-text': [
    head.replace('LIMIT: 3', 'LIMIT: ¦3.10'),
    inInput('title: a\nfields: { phone: ¦+15551234567 }'),
    inInput('title: a\nfields: { zip: ¦01234 }'),
  ],
};

describe('a problem', () => {
  for (const [code, files] of Object.entries(table)) {
    for (const [index, marked] of files.entries()) {
      it(`${code} is found at its place (${index + 1})`, async () => {
        const offset = marked.indexOf('¦');
        const text = marked.replace('¦', '');
        const before = text.slice(0, offset).split('\n');
        const problems = await problemsOf(text);
        const places = problems.filter((problem) => problem.code === code).map(({ at }) => [at.line, at.column]);
        expect(places, JSON.stringify(problems, null, 1)).toEqual([[before.length, (before.at(-1) ?? '').length + 1]]);
        if (text !== head && !text.startsWith('version: 1\nenv: {')) return;
        const others = problems.filter((problem) => problem.code !== code && problem.severity === 'error');
        const noise = text.includes('  one:') ? others.map((problem) => problem.code) : [];
        expect(noise).toEqual([]);
      });
    }
  }

  it('is known to the table of codes, and every code has a case here or among the hostile files', async () => {
    expect(Object.keys(table).filter((code) => !Object.hasOwn(problemCodes, code))).toEqual([]);
    const elsewhere = Object.keys(problemCodes).filter((code) => !Object.hasOwn(table, code));
    expect(elsewhere.filter((code) => !/^(file|yaml)\./.test(code) && !advice.has(code))).toEqual([]);
  });
});

describe('an expression', () => {
  it.each([
    `title: ${X} event.data.t }}`,
    `title: ${X} event.data.t }} ${'and so on '.repeat(9)}`,
    `title: a\npages: ${X} event.data.n }}\nshare: ${X} 1 / 3 }}\nurgent: ${X} event.data.n > 1 }}`,
    `title: a\nkind: ${X} event.data.k }}\nmail: ${X} event.data.m }}@example.com`,
    `title: a\nplace: ${X} event.data.p }}\ntags: ${X} event.data.l }}\npeople: ["${X} event.data.l }}"]`,
    `title: a\ndue: ${X} event.data.d }}\nmaybe: ${X} event.data.d }}`,
    `title: a\ntarget: ${X} event.data.d }}`,
    `title: a\ntarget: { kind: page, page: "${X} event.data.n }}" }`,
    `title: a\ntarget: { kind: "${X} event.data.k }}", title: "x ${X} event.data.t }}" }`,
    `title: a\nfields: { a: "${X} event.data.d }}", b: [{ c: "${X} event.data.d }}" }] }\ncounts: { a: "${X} 1 }}" }`,
  ])('may stand wherever a value is wanted (%#)', async (lines) => {
    expect(await problemsOf(inInput(lines))).toEqual([]);
  });

  it.each([
    `title: a\npages: n ${X} event.data.n }}`,
    `title: a\ntarget: { kind: page, page: "n ${X} event.data.n }}" }`,
    `title: a\ncounts: { a: "n ${X} event.data.n }}" }`,
    `title: a\nplace: x ${X} event.data.n }}`,
  ])('with text around it is text (%#)', async (lines) => {
    expect((await problemsOf(inInput(lines))).map((problem) => problem.code)).toEqual(['value.type']);
  });
});

describe('hints', () => {
  const hintFor = async (text: string) => (await problemsOf(text))[0]?.hint;

  it.each([
    [inSteps('- uses: desk.save-not\n  with: { title: a }'), 'Did you mean "desk.save-note"?'],
    [inSteps('- uses: dusk.save-note\n  with: { title: a }'), 'Did you mean "desk.save-note"?'],
    [inInput('title: 3.10'), 'YAML reads 3.10 as the number 3.1; put it in quotes: "3.10".'],
    [inInput('title: +1555'), 'YAML reads +1555 as the number 1555; put it in quotes: "+1555".'],
    [inInput('title: a\npages: "3"'), 'Remove the quotes: 3.'],
    [inInput('title: a\ntags: one'), "Write it as a list: ['one']."],
    [
      inInput(`title: a\npages: n ${X} event.data.n }}`),
      'A value keeps its type only when it is one "${{ … }}" and nothing else.',
    ],
    [inInput('title: a\ntarget: { kind: bok, name: x }'), 'Did you mean "book"?'],
    [inSteps('- uses: desk.save-note\n  timeout: 30\n  with: { title: a }'), 'Write a number and a unit: 30s.'],
    [
      inInput(`title: ${X} steps.say-it.output.id }}`).replace(
        '- id: note',
        '- uses: chat.say-it\n        with: { room: a }\n      - id: note',
      ),
      'Write steps["say-it"], because a "-" is a minus sign here.',
    ],
    [inWorkflow('on: call.ended\nsteps: [{ uses: chat.say-it, with: { room: a } }]'), 'Write "phone:call.ended".'],
    [
      inWorkflow('on: phone:mail.sent\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
      'Known: call.started, call.ended, batch.done. Add it under "sources.phone.events" if it is sent: "mail.sent: any".',
    ],
    [
      inWorkflow('on: phone:call.ended\nif: event.data.a == "x #1"\nsteps: [{ uses: chat.say-it, with: { room: a } }]'),
      'YAML cuts a value at " #": put the whole value in quotes.',
    ],
  ])('for case %# say what to write', async (text, hint) => {
    expect(await hintFor(text)).toBe(hint);
  });
});

describe('all problems', () => {
  it('are found in one pass, in the order of the file', async () => {
    const problems = await problemsOf(
      inSteps(
        `- id: a\n  uses: desk.save-not\n  if: !event.ok\n- id: b\n  uses: desk.save-note\n  with: { titel: x, pages: "1" }\n- id: c\n  uses: chat.say-it\n  with: { room: "${X} foo }}" }`,
      ),
    );
    expect(problems.map(({ code, path }) => `${code} ${path}`)).toEqual([
      'step.unknown-action workflows.one.steps[0].uses',
      'yaml.tag ',
      'value.unknown-key workflows.one.steps[1].with.titel',
      'value.type workflows.one.steps[1].with.pages',
      'expression.invalid workflows.one.steps[2].with.room',
    ]);
  });

  it('leave out what follows from a value that YAML could not read', async () => {
    const problems = await problemsOf(inInput('title: "a" b\npages: 1'));
    expect(problems.map((problem) => problem.code)).toEqual(['yaml.quotes']);
  });

  it('are shown with the line, the place marked and the hint', async () => {
    const text = inSteps('- uses: desk.save-not\n  with: { title: a }');
    const [problem] = await problemsOf(text);
    if (problem === undefined) throw new Error('no problem');
    expect(formatProblem(problem, text, { color: false })).toBe(
      [
        'w.yaml:9:15 error step.unknown-action',
        '  action "desk.save-not" does not exist',
        '  9 |       - uses: desk.save-not',
        '    |               ^^^^^^^^^^^^^',
        '  help: Did you mean "desk.save-note"?',
      ].join('\n'),
    );
    expect(formatProblem(problem, text, { color: true })).toContain('\u001b[1;31merror\u001b[0m');
  });

  it('are shown without what a terminal would act on', () => {
    const at = { file: 'w.yaml', line: 1, column: 400 };
    const problem = { code: 'yaml.syntax', severity: 'error', at, length: 9, path: '', message: 'x' } as const;
    const lines = formatProblem(problem, '\u001b[31m\u202e\t'.repeat(200), { color: false }).split('\n');
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThan(120);
  });
});
