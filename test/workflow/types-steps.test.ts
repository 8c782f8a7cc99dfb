// What is known of steps, of several types of events, and of what the problems say.

import { describe, expect, it } from 'vitest';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { catalog, head } from './catalog.ts';
import { inSteps, inWorkflow, placesIn, typed, typeProblems, unmark, withIf, withInput } from './types-catalog.ts';

const X = '${{';
const lacking = 'expression.maybe-missing';

/** Steps: one that is read, with these settings, and one that reads. */
function steps(settings: string, reading: string): string {
  return inSteps(
    `- id: log\n  uses: chat.say-it\n${settings === '' ? '' : `  ${settings}\n`}  with: { room: a }\n- id: tell\n  uses: chat.say-it\n${reading}`,
  );
}

const read = `  with:\n    room: ${X} ¦steps.log.output.id }}`;
const clean = read.replace('¦', '');

const cases: readonly (readonly [what: string, code: string, marked: string])[] = [
  ['is there after a step that always runs', '', steps('', clean)],
  ['may be missing after a step with an if', lacking, steps('if: event.data.call.isSuccess', read)],
  ['may be missing after a step that may fail', lacking, steps('onError: continue', read)],
  [
    'is there where the status says so',
    '',
    steps('onError: continue', `  if: steps.log.status == "succeeded"\n${clean}`),
  ],
  [
    'is missing where the status says so',
    lacking,
    steps('onError: continue', `  if: steps.log.status == "failed"\n${read}`),
  ],
  [
    'is there where it is asked for',
    '',
    steps('if: event.data.call.isSuccess', `  if: steps.log.output.id != null\n${clean}`),
  ],
  [
    'is there where the reader has the same if',
    '',
    steps('if: event.data.call.isSuccess', `  if: event.data.call.isSuccess && event.data.call.duration > 5\n${clean}`),
  ],
  [
    'may be missing where the reader has half of the if',
    lacking,
    steps('if: event.data.call.isSuccess && event.data.call.duration > 5', `  if: event.data.call.isSuccess\n${read}`),
  ],
  [
    'has the fields of the schema and no other',
    'expression.unknown-field',
    steps('', `  with:\n    room: ${X} steps.log.output.¦ident }}`),
  ],
  [
    'has no other part than status and output',
    'expression.unknown-field',
    steps('', `  with:\n    room: ${X} steps.log.¦outptu.id }}`),
  ],
  [
    'has a status of those that there are',
    'expression.not-listed',
    steps('', `  if: steps.log.status != ¦"success"\n  with: { room: a }`),
  ],
  [
    'is not known of a step that has a problem of its own',
    'step.unknown-action',
    steps('', clean).replace('uses: chat.say-it', 'uses: ¦chat.say'),
  ],
  [
    'has one problem when the step runs later',
    'step.not-before',
    steps('', '').replace('room: a }', `room: "${X} steps.¦tell.output.id }}" }`) + '        with: { room: a }\n',
  ],
];

describe('the output of a step', () => {
  it.each(cases)('%s', async (_, code, marked) => {
    const { text, at } = unmark(marked);
    expect(await placesIn(text)).toEqual(code === '' ? [] : [`${at} ${code}`]);
  });
});

const events: readonly (readonly [what: string, on: string, marked: string, code: string])[] = [
  [
    'a field of one type may be missing',
    '[phone:call.ended, phone:call.failed]',
    '¦event.data.error + "" == "a"',
    lacking,
  ],
  ['a field of both is there', '[phone:call.ended, phone:call.failed]', 'event.data.call.callId + "" == "a"', ''],
  ['a field of a glob is found in any of its types', '"phone:*"', 'event.data.batchId == "b"', ''],
  ['a field of no type is unknown', '"phone:*"', 'event.data.¦batch == "b"', 'expression.unknown-field'],
  ['the type tells the fields', '"phone:*"', 'event.type == "batch.done" && event.data.count + 1 > 3', ''],
  [
    'the type tells the fields that are not there',
    '"phone:*"',
    'event.type == "batch.done" && event.data.¦call.callId == "a"',
    'expression.unknown-field',
  ],
  [
    'a field below tells the type',
    '"phone:*"',
    'event.data.call.agent.name.length > 3 && event.data.call.callId + "" == "a"',
    '',
  ],
  ['a glob may bring types that are not known', '"phone:*"', 'event.type == "call.analyzed"', ''],
  ['a list brings no other type', 'phone:call.ended', '¦event.type == "call.analyzed"', 'expression.never'],
];

describe('with several types of events', () => {
  it.each(events)('%s', async (_, on, marked, code) => {
    const { text, at } = unmark(withIf(marked, on));
    expect(await placesIn(text)).toEqual(code === '' ? [] : [`${at} ${code}`]);
  });

  it('nothing is said of the data of a type that is not in the catalogue', async () => {
    const text = withIf('event.data.whatever - 1 > event.data.other.thing', 'phone:call.analyzed');
    expect((await typeProblems(text)).map(({ code }) => code)).toEqual(['event.unknown-type']);
  });
});

describe('a place inside a scalar', () => {
  const styles: readonly (readonly [style: string, lines: string])[] = [
    ['plain', `body: about ${X} event.data.call.¦sumary }}`],
    ['plain over lines', `body: about\n  this ${X} event.data.call.callId +\n  event.data.call.¦sumary }}`],
    ['single quotes', `body: 'it''s ${X} event.data.call.¦sumary }}'`],
    ['double quotes', `body: "\\u0041 \\"a\\" ${X} event.data.call.¦sumary }}"`],
    ['literal block', `body: |\n  one\n  two ${X} event.data.call.¦sumary }}`],
    ['folded block', `body: >-\n  one\n\n  two ${X} event.data.call.callId +\n    event.data.call.¦sumary }}`],
  ];

  it.each(styles)('is found in %s', async (_, lines) => {
    const inside = `- uses: desk.save-note\n  with:\n    title: a\n    ${lines.replaceAll('\n', '\n    ')}`;
    const { text, at } = unmark(inSteps(inside));
    const [problem] = await typeProblems(text);
    expect(`${problem?.at.line}:${problem?.at.column} ${problem?.length}`).toBe(`${at} 6`);
    expect(problem?.hint).toBe('Did you mean "summary"?');
  });
});

describe('a problem of a type', () => {
  const said: readonly (readonly [text: string, message: string, hint: string])[] = [
    [withIf('event.data.call.smumary != null'), '"event.data.call" has no field "smumary"', 'Did you mean "summary"?'],
    [withIf('event.data.call.summ != null'), '"event.data.call" has no field "summ"', 'Did you mean "summary"?'],
    [withIf('event.data.call.agent.x != null'), '"event.data.call.agent" has no field "x"', 'It has: agentId, name.'],
    [
      withIf('event.data.call.duration / 60 > 5'),
      '"event.data.call.duration" is used where "/" needs a number, but it may be missing',
      'Add a default: (event.data.call.duration ?? 0).',
    ],
    [
      withInput('title', '${{ event.data.call.summary }}'),
      '"event.data.call.summary" is given to input "title", which is required, but it may be missing',
      'Add a default: event.data.call.summary ?? "".',
    ],
    [
      steps('if: event.data.call.isSuccess', clean),
      '"steps.log.output.id" is given to input "room", which is required, but step "log" may be skipped',
      'Add a default: steps.log.output.id ?? "".',
    ],
    [withInput('pages', '${{ event.id }}'), '"event.id" is a text, but input "pages" takes a number', 'Use number(…).'],
    [
      withIf('event.data.call.endReason == "hangupp"'),
      '"hangupp" is not a value of "event.data.call.endReason"',
      'Did you mean "hangup"?',
    ],
    [
      withIf('event.data.call.duration == "long"'),
      '"event.data.call.duration" is a number and can never be "long"',
      'Compare it with a value of its own kind.',
    ],
    [
      withIf('event.data.call.summary'),
      '"event.data.call.summary" is a text, but a condition is true or false',
      'Compare it, such as with != "".',
    ],
  ];

  it.each(said.map((one) => [one[1], one] as const))('says: %s', async (_, [text, message, hint]) => {
    expect(await typeProblems(text)).toEqual([expect.objectContaining({ message, hint })]);
  });

  it('is a warning when what rules the comparison out is another condition', async () => {
    const file = (condition: string) => typeProblems(withIf(condition));
    const both = await file('event.data.call.status == "done" && event.data.call.status == "failed"');
    expect(both.map(({ severity }) => severity)).toEqual(['warning', 'warning']);
    const kinds = await file('event.data.call.duration == "long"');
    expect(kinds.map(({ severity }) => severity)).toEqual(['error']);
  });

  it('is looked for in bounded time, however conditions are nested', async () => {
    const nested = (depth: number): string =>
      depth === 0
        ? 'event.data.call.isSuccess'
        : `(${nested(depth - 1)} ${depth % 2 === 0 ? '&&' : '||'} event.data.call.duration > ${depth})`;
    const choices = (depth: number): string =>
      depth === 0 ? 'event.data.call.isSuccess' : `(${choices(depth - 1)} ? true : false) == true`;
    const before = process.threadCpuUsage().user;
    expect(await placesIn(withIf(nested(45)))).toEqual([]);
    expect(await placesIn(withIf(choices(20)))).toEqual([]);
    expect(process.threadCpuUsage().user - before).toBeLessThan(5_000_000);
  });

  it('is found in the last of a thousand long workflows', async () => {
    const terms = [
      'duration > 60',
      'summary != null',
      'status == "done"',
      'agent.agentId != null',
      'endReason != null',
    ];
    const file = (name: string, count: number, last: string) => {
      const condition = [...terms, last].map((term) => `event.data.call.${term}`).join(' && ');
      const one = (index: number) =>
        `  ${name}-${index}:\n    on: phone:call.ended\n    if: ${condition}\n    steps: [{ uses: desk.save-note, with: { title: a } }]\n`;
      return { file: name, text: Array.from({ length: count }, (_, index) => one(index)).join('') };
    };
    const files = [file('a', 500, 'callId != ""'), file('b', 499, 'callId != ""'), file('c', 1, 'calId != ""')];
    const texts = files.map(({ file, text }, index) => ({
      file,
      text: `${index === 0 ? head : 'version: 1\nworkflows:\n'}${text}`,
    }));
    const { problems } = await loadWorkflows(texts, typed);
    expect(problems.map(({ code, at }) => `${at.file} ${code}`)).toEqual(['c expression.unknown-field']);
  });

  it('in unique is found, and a text is none', async () => {
    const file = (unique: string) =>
      inWorkflow(`on: phone:call.ended\nunique: ${unique}\nsteps: [{ uses: desk.save-note, with: { title: a } }]`);
    expect((await placesIn(file('event.data.call'))).map((line) => line.split(' ')[1])).toEqual(['expression.type']);
    expect(await placesIn(file('event.data.call.summary'))).toEqual([]);
  });

  it('refuses a new file, and leaves one that was accepted before fit to run', async () => {
    const bad = await loadWorkflows({ file: 'w.yaml', text: withIf('event.id - 1 > 3') }, catalog);
    expect([bad.workflows, bad.runnable?.workflows.size]).toEqual([null, 1]);
    const broken = await loadWorkflows({ file: 'w.yaml', text: withIf('event.id -') }, catalog);
    expect([broken.workflows, broken.runnable]).toEqual([null, null]);
    const good = await loadWorkflows({ file: 'w.yaml', text: withIf('event.id != "3"') }, catalog);
    expect(good.workflows).toBe(good.runnable);
    expect(good.workflows).not.toBeNull();
  });
});
