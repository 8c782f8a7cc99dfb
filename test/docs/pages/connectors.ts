// One page for each connector that ships: its settings, and of each action input, output and what is known of its effect.

import type { Action, Connector, Effect, Schema } from '../../../src/plugin/index.ts';
import { guaranteeOf } from '../../../src/workflow/guarantee.ts';
import { code, durationText, page, table } from '../markdown.ts';
import { fieldsOf, type Field } from '../schema-rows.ts';

export function connectorPage(connector: Connector): string {
  const { name, description, settings, actions } = connector;
  const needed = (settings.required ?? []).length > 0;
  return page(
    `# Connector: ${name}`,
    description,
    needed
      ? `Declare a connection with \`uses: ${name}\`, and use its actions under the name you give it.`
      : `Needs no settings: a step may say \`uses: ${name}.${Object.keys(actions)[0]}\` without a connection.`,
    '## Settings',
    settingsTable(connector),
    connector.check === undefined
      ? ''
      : 'A connection whose credentials were refused is checked every `CHECK_EVERY` by a call that changes nothing, and goes on by itself once they are good.',
    ...Object.entries(actions).map((entry) => actionSection(name, ...entry)),
  );
}

function settingsTable({ settings, secrets = [] }: Connector): string {
  return table(
    ['Setting', 'Type', 'Default', 'What it is'],
    fieldsOf(settings).map((field) => [
      code(field.path),
      field.type,
      field.required ? '**required**' : field.default,
      secrets.includes(field.path)
        ? `${field.description} Secret: read it from \`secrets\`.`.trim()
        : field.description,
    ]),
  );
}

function actionSection(connector: string, name: string, action: Action): string {
  const { description, input, output, timeoutMs, lookupAfterMs } = action;
  return page(
    `## ${connector}.${name}`,
    description,
    effectText(action),
    table(
      ['Input', 'Type', 'Default', 'What it is'],
      fieldsOf(input).map((field) => [
        code(field.path),
        field.type,
        field.required ? '**required**' : field.default,
        field.description,
      ]),
    ),
    outputTable(output),
    limitsText(timeoutMs, action.effect === 'lookup' ? (lookupAfterMs ?? 10_000) : undefined),
  ).trimEnd();
}

function outputTable(output: Schema): string {
  return table(
    ['Output', 'Type', 'What it is'],
    fieldsOf(output).map((field: Field) => [
      code(field.path),
      field.required ? field.type : `${field.type}, may be missing`,
      field.description,
    ]),
  );
}

function limitsText(timeoutMs: number | undefined, lookupAfterMs: number | undefined): string {
  const parts = [
    ...(timeoutMs === undefined ? [] : [`An attempt may take ${durationText(timeoutMs)}.`]),
    ...(lookupAfterMs === undefined
      ? []
      : [`In doubt, it is looked up ${durationText(lookupAfterMs)} after the attempt ended, or later.`]),
  ];
  return parts.join(' ');
}

/** What the effect guarantees; a table where it depends on the input. */
function effectText({ effect, input }: Action): string {
  if (typeof effect !== 'function') return `Effect: ${effectWords(effect)}`;
  const rows = effectCases(effect, input);
  return page(
    'Effect: depends on the input.',
    table(
      [...rows.names.map(code), 'Effect'],
      rows.cases.map(([values, word]) => [...values, effectWords(word)]),
    ),
  ).trimEnd();
}

function effectWords(effect: Effect): string {
  const { effects, why } = guaranteeOf({ effect, onDoubt: 'hold', retry: {} });
  const other = guaranteeOf({ effect, onDoubt: 'retry', retry: {} });
  const choice = other.effects === effects ? '' : ` With \`onDoubt: retry\` ${other.effects}: ${other.why}.`;
  return `${code(effect)}, **${effects}**: ${why}.${choice}`;
}

type EffectOf = Exclude<Action['effect'], Effect>;

interface EffectCases {
  readonly names: readonly string[];
  readonly cases: readonly (readonly [values: readonly string[], effect: Effect])[];
}

/** Every combination of the closed fields that the effect depends on; values of the first with the same end share a row. */
function effectCases(effect: EffectOf, input: Schema): EffectCases {
  const choices = Object.entries(input.properties ?? {}).flatMap(([name, schema]) => {
    const values = schema.enum ?? (schema.type === 'boolean' ? [false, true] : []);
    return values.length === 0 ? [] : [{ name, values }];
  });
  const all = combine(choices);
  const matters = choices.filter(({ name, values }) =>
    all.some((one) => values.some((value) => effect({ ...one, [name]: value }, {}) !== effect(one, {}))),
  );
  const rows = new Map<string, { values: string[][]; effect: Effect }>();
  for (const one of combine(matters)) {
    const [first = '', ...others] = matters.map(({ name }) => code(String(one[name])));
    const word = effect(one, {});
    const key = [...others, word].join(' ');
    const row = rows.get(key) ?? { values: [[], ...others.map((other) => [other])], effect: word };
    row.values[0]?.push(first);
    rows.set(key, row);
  }
  return {
    names: matters.map(({ name }) => name),
    cases: [...rows.values()].map((row) => [row.values.map((values) => values.join(', ')), row.effect] as const),
  };
}

interface Choice {
  readonly name: string;
  readonly values: readonly unknown[];
}

function combine(choices: readonly Choice[]): Record<string, unknown>[] {
  return choices.reduce<Record<string, unknown>[]>(
    (made, { name, values }) => made.flatMap((one) => values.map((value) => ({ ...one, [name]: value }))),
    [{}],
  );
}
