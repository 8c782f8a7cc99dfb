// The page of the expression language: its rules in examples that are evaluated, and the table of functions and methods.

import { expressionLimits } from '../../../src/workflow/expression/budget.ts';
import { callables } from '../../../src/workflow/expression/functions.ts';
import { evaluate, valueText } from '../evaluated.ts';
import { code, page, table } from '../markdown.ts';

export function expressionsPage(): string {
  return page(
    '# Expressions',
    'A small part of JavaScript, checked before it runs and without side effects: no assignment, no regular expression, no clock, no network. What is not on this page is refused by `hookline check`, with what to write instead.',
    '## Where they stand',
    table(['In', 'Written', 'Reads'], [...places]),
    'Under `with`, a text that is exactly one `${{ … }}` keeps the type of its value: a number stays a number, a list a list. Any other text is text with values put in. What is put in is never read again as an expression. A `${{` that is meant as text is written `${{ "${{" }}`. Inside YAML quotes and blocks nothing changes; put a value into quotes when it has `: `, ` #`, or begins with a brace.',
    '## What they read',
    table(['Name', 'What it is'], [...names]),
    'A name with a `-` is read with brackets: `steps["post-message"].output`. Integers beyond 2^53 are text, so that no digit of an id is lost.',
    '## Values and operators',
    examples(operators),
    '## What is missing',
    'Reading on from a value that is missing gives missing, as if every `.` were `?.`; so `??` at the end is all that is needed. `== null` is true for missing and for null. Nothing is guessed: where a value is needed and missing, the step fails, and says where in the file.',
    examples(missing),
    'In the input of an action, an optional field whose value is missing or null is left out (null is kept where the field takes it); a required one fails the step. An `if` that gives missing or null is false; anything else that is not true or false fails.',
    '## Not in the language',
    examples(refused),
    '## Functions',
    ...callableTable(false),
    '## Methods',
    ...callableTable(true),
    '## Limits',
    table(['What', 'At most'], limits()),
  );
}

const places: readonly (readonly [string, string, string])[] = [
  ['`if` and `unique` of a workflow', 'bare: `event.data.call.duration > 60`', '`event`, `env`'],
  ['`if` of a step', 'bare', '`event`, `env`, `steps`, `run`'],
  ['values under `with` of a step', '`${{ … }}`', '`event`, `env`, `steps`, `run`'],
  ['`with` and `secrets` of sources and connections', '`${{ … }}`', '`secrets`, `env`'],
];

const names: readonly (readonly [string, string])[] = [
  ['`event.data`', "the event's data, in the one shape of its source's catalogue"],
  ['`event.body`', 'the whole body as it was sent'],
  [
    '`event.id`, `event.type`, `event.source`',
    "Hookline's id of the event, its type (`call.ended`), the name of the source",
  ],
  ['`event.time`', 'when it happened, as the sender says, in ISO 8601; null when it does not say'],
  ['`event.receivedAt`', 'when it was received, in ISO 8601'],
  ['`steps.<id>.output`', 'output of a step that is done before; missing when it was skipped or failed'],
  ['`steps.<id>.status`', '`succeeded`, `failed` or `skipped`'],
  ['`run.id`, `run.startedAt`, `run.replay`', 'the run; `run.startedAt` is "now", the same in every attempt'],
  ['`env.<NAME>`', 'a literal of `env` in the file; never the environment of the process'],
  ['`secrets.<NAME>`', 'a secret, only under `sources` and `connections`, so that it cannot end up in a message'],
];

const operators: readonly string[] = [
  'event.data.call.duration',
  'event["type"]',
  '[10, 20, 30][0]',
  'event.data.call.duration > 60 && event.data.call.endReason != "unjoined"',
  '"7" == 7',
  '!false',
  '7 % 4 + 2 * 3',
  '"call " + 7',
  '`${event.type} of ${event.source}`',
  'event.data.call.duration >= 60 ? "long" : "short"',
  '{ id: event.data.call.callId, tags: ["call", ...["new"]] }',
  '{ ...{ a: 1, b: 2 }, b: 3 }',
  '[1, 2, 3].map(n => n * 2)',
];

const missing: readonly string[] = [
  'event.data.call.nothing.at.all',
  'event.data.call.nothing ?? "no value"',
  'event.data.call.nothing == null',
  'event.data.call.nothing == "x"',
  'event.data.call.nothing > 60',
  'event.data.call.nothing + 1',
  '"Hello " + event.data.call.nothing',
  'event.data.call.nothing || "x"',
];

const refused: readonly string[] = [
  'event.data.call.summary.match(/price/)',
  'new Date()',
  'event.data.call.duration = 5',
  'Math.round(2.5)',
  'event.data.call.summary.length()',
  'process.env.HOME',
];

function examples(sources: readonly string[]): string {
  return table(
    ['Expression', 'Gives'],
    sources.map((source) => [code(source), result(source)]),
  );
}

function result(source: string): string {
  const found = evaluate(source);
  if (found.is === 'value') return found.value === undefined ? 'missing' : code(valueText(found.value));
  return found.is === 'failure' ? `fails the step: ${found.message}` : `refused: ${found.message}`;
}

const owners: readonly (readonly [string, string])[] = [
  ['text', 'Of texts'],
  ['list', 'Of lists'],
];

function callableTable(method: boolean): string[] {
  const chosen = callables.filter((callable) => callable.method === method);
  const row = ({ signature, description, example }: (typeof callables)[number]) => [
    code(signature),
    description,
    `${code(example)} → ${result(example)}`,
  ];
  const head = [method ? 'Method' : 'Function', 'What it gives', 'Example'];
  if (!method) {
    return [
      'A name followed by `?` may be left out. `text`, `number`, `list` and `object` are the types it takes; `any` is any value, `arrow` is a function such as `call => call.id`.',
      table(head, chosen.map(row)),
    ];
  }
  return owners.flatMap(([owner, title]) => [
    `### ${title}`,
    table(head, chosen.filter(({ signature }) => signature.startsWith(`${owner}.`)).map(row)),
  ]);
}

function limits(): string[][] {
  const { sourceLength, nesting, depth, steps, text } = expressionLimits;
  const count = (value: number) => value.toLocaleString('en-US');
  return [
    ['length of one expression', `${count(sourceLength)} characters`],
    ['levels of one expression', count(nesting)],
    ['levels of a list or object that it gives', count(depth)],
    ['parts evaluated and items made, over all expressions of a step', count(steps)],
    ['text made, over all expressions of a step', `${count(text)} characters`],
  ];
}
