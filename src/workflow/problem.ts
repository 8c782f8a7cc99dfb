// A problem of a workflow file: a value with its place; all are collected, none is thrown.

import { printable } from '../core/log.ts';
import { listFiles, type FileTexts } from './files.ts';

export interface Place {
  /** As given by the user: `workflows.yaml`. */
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based, in UTF-16 units. */
  readonly column: number;
}

export interface Problem {
  /** Of the table of problem codes: `step.unknown-action`. */
  readonly code: string;
  readonly severity: 'error' | 'warning';
  readonly at: Place;
  /** How much of the line is meant, in UTF-16 units; absent: one character. */
  readonly length?: number;
  /** Path in the file: `workflows.call-summary.steps[0].uses`. */
  readonly path: string;
  /** Subject in quotes, what is wrong, what was expected. One sentence. */
  readonly message: string;
  /** What to do; "did you mean …?". */
  readonly hint?: string;
}

/** Every problem code, with the sentence of the reference page. */
export const problemCodes = {
  'file.too-large': 'The file is larger than the limit.',
  'file.not-text': 'The file is not UTF-8 text, or holds control characters.',
  'file.too-many': 'The file has more problems than are listed.',
  'file.empty': 'The file holds no workflow file.',
  'yaml.syntax': 'The text is not YAML.',
  'yaml.tab': 'A tab is used as indentation.',
  'yaml.quotes': 'YAML ends or splits a value that must stand in quotes.',
  'yaml.tag': 'A value begins with `!`, which YAML reads as a tag.',
  'yaml.alias': 'A value begins with `*`, which YAML reads as an alias; aliases are not allowed.',
  'yaml.braces': '`{{ x }}` without quotes is a YAML map; expressions are written `${{ x }}`.',
  'yaml.comment': 'YAML cuts a value at ` #` and reads the rest as a comment.',
  'yaml.directive': 'The file has a `%` directive; it is always read as YAML 1.2.',
  'yaml.documents': 'The file holds more than one YAML document.',
  'yaml.duplicate-key': 'A key is written twice in one map, or a name is defined in two files.',
  'yaml.key': 'A key is not text, or is a name that is not allowed.',
  'yaml.depth': 'Lists and maps are nested too deeply.',
  'yaml.number': 'A number cannot be kept exactly, or is none.',
  'yaml.number-text': 'A number is not kept as it is written, which matters if it was meant as text.',
  'value.unknown-key': 'A key is not one of those that may stand there.',
  'value.missing-key': 'A required key is missing.',
  'value.type': 'A value has another type than its place wants.',
  'value.invalid': 'A value is not one of those that its place takes.',
  'value.reserved': 'A word is reserved for a later version.',
  'value.duration': 'A duration is not written as 500ms, 30s, 5m, 24h or 30d.',
  'event.pattern': 'An entry of `on` is not `source:type`.',
  'event.unknown-source': 'An entry of `on` names a source that the file does not declare.',
  'event.unknown-type': 'An entry of `on` names an event type that the source is not known to send.',
  'event.loop': 'A workflow would be started by the failure of its own runs.',
  'event.schema': 'The schema of an event type is not a JSON Schema.',
  'source.unknown': 'A source uses a preset that does not exist.',
  'source.no-secrets': 'A source has no secret to verify with.',
  'source.unused': 'No workflow takes an event of a source.',
  'connection.unused': 'No step uses a connection.',
  'env.unused': 'Nothing reads a literal of `env`.',
  'connector.unknown': 'A connection uses a connector that does not exist.',
  'connector.broken': 'A plugin that the file needs could not be loaded.',
  'connector.needs-settings': 'A connector that needs settings is used without a connection.',
  'secret.literal': 'A secret is written into the file.',
  'secret.reference': 'A secret is not read as `secrets.NAME`.',
  'secret.unset': 'A secret is not set in the environment of the check, where others are.',
  'step.unknown-connection': 'A step uses a connection that does not exist.',
  'step.unknown-action': 'A step uses an action that its connector does not have.',
  'step.duplicate-id': 'Two steps of one workflow have the same id.',
  'step.needs-unknown': '`needs` names a step that does not exist.',
  'step.needs-cycle': 'Steps wait for each other.',
  'expression.unknown-env': 'An expression reads a name that `env` does not have.',
  'step.unknown-step': 'An expression reads a step that does not exist.',
  'step.not-before': 'An expression reads a step that is not done by then.',
  'step.useless': 'A setting of a step has no effect.',
  'step.unused': 'A step only looks something up, and no step reads what it finds.',
  'step.on-doubt': 'With `--strict`: a step that can be in doubt for good does not say `onDoubt`.',
  'expression.invalid': 'An expression is not valid.',
  'expression.secret': 'A step reads a secret.',
  'expression.unknown-field': 'An expression reads a field that is not there in any event or output.',
  'expression.maybe-missing': 'A value that may be missing or null stands where one is needed.',
  'expression.type': 'A value has another type than the operator, function or input takes.',
  'expression.not-listed': 'A value is compared with one that it never has.',
  'expression.never': 'A comparison can never be true.',
  'expression.condition': 'A condition is not true or false.',
  'expression.constant': 'A condition, or `unique`, is the same for every event.',
  'expression.not-marked':
    'A text looks like an expression, but does not stand in `${{ }}`, so it is used as it stands.',
  'expression.template': '`if` or `unique` is not one bare expression.',
} as const satisfies Record<string, string>;

export type ProblemCode = keyof typeof problemCodes;

const styles = {
  error: '\u001b[1;31m',
  warning: '\u001b[1;33m',
  frame: '\u001b[36m',
  strong: '\u001b[1m',
  end: '\u001b[0m',
};

/**
 * A problem for the terminal: `file:line:column`, what is wrong, the line of the file with the place marked, the hint.
 * `texts`: of the file, or all files it may be in.
 */
export function formatProblem(
  problem: Problem,
  texts: string | FileTexts,
  options: { readonly color: boolean },
): string {
  const paint = (style: keyof typeof styles, value: string) =>
    options.color ? `${styles[style]}${value}${styles.end}` : value;
  const { line, column, file } = problem.at;
  const lines = [
    `${paint('strong', `${printable(file)}:${line}:${column}`)} ${paint(problem.severity, problem.severity)} ${problem.code}`,
    `  ${printable(problem.message)}`,
  ];
  const source = lineOf(textOf(problem, texts), line);
  if (source !== undefined) {
    const number = String(line);
    const frame = cut(source, column - 1);
    const length = Math.max(1, Math.min(problem.length ?? 1, frame.text.length - frame.column));
    lines.push(
      `  ${paint('frame', `${number} |`)} ${frame.text}`,
      `  ${paint('frame', `${' '.repeat(number.length)} |`)} ${' '.repeat(frame.column)}${paint(problem.severity, '^'.repeat(length))}`,
    );
  }
  if (problem.hint !== undefined) lines.push(`  ${paint('frame', 'help:')} ${printable(problem.hint)}`);
  return lines.join('\n');
}

function textOf({ at }: Problem, texts: string | FileTexts): string {
  if (typeof texts === 'string') return texts;
  return listFiles(texts).find(({ file }) => file === at.file)?.text ?? '';
}

function lineOf(text: string, line: number): string | undefined {
  let start = text.startsWith('\uFEFF') ? 1 : 0;
  for (let passed = 1; passed < line; passed++) {
    start = text.indexOf('\n', start) + 1;
    if (start === 0) return undefined;
  }
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end).replace(/\r$/, '');
}

const frameWidth = 100;

/** The part of a line around a column, on one line of the terminal, with what a terminal would act on made harmless. */
function cut(line: string, column: number): { text: string; column: number } {
  const start = Math.max(0, Math.min(column - frameWidth / 2, line.length - frameWidth));
  const end = Math.min(line.length, start + frameWidth);
  const text = line.slice(start, end).replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, ' ');
  const before = start > 0 ? '… ' : '';
  return {
    text: `${before}${text}${end < line.length ? ' …' : ''}`,
    column: before.length + Math.min(column - start, text.length),
  };
}
