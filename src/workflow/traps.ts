// Turns errors of the YAML parser into problems that say what to write instead.

import type { ErrorCode, YAMLError } from 'yaml';
import type { Report } from './report.ts';

/** Errors that spoil one value and leave the rest of the file readable. */
const local: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'BLOCK_AS_IMPLICIT_KEY',
  'TAG_RESOLVE_FAILED',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'MULTILINE_IMPLICIT_KEY',
]);

/** A value in quotes that keep it as it is. */
export function quoted(value: string): string {
  if (!value.includes("'")) return `'${value}'`;
  if (!/["\\]/.test(value)) return `"${value}"`;
  return `'${value.replaceAll("'", "''")}'`;
}

/** Reports the errors, one for each line; true when the rest of the file can still be checked. */
export function reportSyntax(errors: readonly YAMLError[], report: Report): boolean {
  const lines = new Set<number>();
  let readable = true;
  for (const error of errors) {
    const { line } = report.source.place(error.pos[0]);
    if (!local.has(error.code) && !isAfterValue(error)) readable = false;
    if (lines.has(line)) continue;
    lines.add(line);
    reportError(error, report);
  }
  return readable;
}

function isAfterValue(error: YAMLError): boolean {
  return error.code === 'UNEXPECTED_TOKEN' && error.message.startsWith('Unexpected scalar at node end');
}

function reportError(error: YAMLError, report: Report): void {
  const { text } = report.source;
  const found = Math.min(error.pos[0], text.length);
  const offset = found > 0 && text.startsWith('${{', found - 1) ? found - 1 : found;
  const span = { path: '', offset, end: error.pos[1] };
  const line = lineAround(text, offset);
  const value = valueIn(line);
  const inQuotes =
    value === undefined ? 'Put the whole value in quotes' : `Put the whole value in quotes: ${quoted(value)}`;
  if (
    error.code === 'BLOCK_AS_IMPLICIT_KEY' &&
    !text
      .slice(offset, offset + line.length)
      .split('\n')[0]
      ?.includes(': ')
  ) {
    report.error(
      'yaml.syntax',
      span,
      'this value goes on in the next line, and a key is found there',
      'Give keys of one map the same indentation.',
    );
  } else if (error.code === 'TAG_RESOLVE_FAILED') {
    const tag = text.slice(offset, error.pos[1]);
    report.error('yaml.tag', span, `"${tag}" is read as a YAML tag, so the value is lost`, inQuotes);
  } else if (error.code === 'TAB_AS_INDENT') {
    report.error('yaml.tab', span, 'a tab cannot indent YAML', 'Use blanks instead of the tab.');
  } else if (error.code === 'MULTIPLE_DOCS') {
    report.error('yaml.documents', span, 'a second YAML document begins here', 'Keep everything in one document.');
  } else if (error.code === 'RESOURCE_EXHAUSTION') {
    report.error('yaml.depth', span, 'lists and maps are nested too deeply here', 'Nest less deeply.');
  } else if (needsQuotes(error, line)) {
    report.error(
      'yaml.quotes',
      span,
      quotesMessage(error, text.slice(offset, error.pos[1])),
      `${inQuotes}; or write it after "|" on a line of its own.`,
    );
  } else {
    const [message, hint] = plainly(error);
    report.error('yaml.syntax', span, message, hint);
  }
}

function needsQuotes(error: YAMLError, line: string): boolean {
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY' || error.code === 'BAD_SCALAR_START' || isAfterValue(error)) return true;
  return error.code !== 'BAD_INDENT' && error.code !== 'BAD_DQ_ESCAPE' && line.includes('${{');
}

function quotesMessage(error: YAMLError, found: string): string {
  if (error.code === 'BLOCK_AS_IMPLICIT_KEY') return 'YAML ends a value at ": ", so this one is split in two';
  if (error.code === 'BAD_SCALAR_START') return `YAML does not let a value begin with "${found}"`;
  if (isAfterValue(error)) return 'YAML ends a value at its closing quote or bracket, so the rest is left over';
  return 'YAML reads the braces, commas or quotes of this expression as its own';
}

/** Mistakes that the parser names in words of its own: how its sentence begins, and what is said instead. */
const plain: readonly (readonly [begins: string, message: string, hint: string])[] = [
  ['Implicit map keys need', 'this key has no ":" after it', 'Write a ":" behind it.'],
  ['All mapping items must', 'the keys of this map do not begin below each other', 'Give them the same indentation.'],
  [
    'All sequence items must',
    'the items of this list do not begin below each other',
    'Give them the same indentation.',
  ],
];

function plainly(error: YAMLError): readonly [message: string, hint?: string] {
  const sentence = error.message.split('\n')[0] ?? '';
  const known = plain.find(([begins]) => sentence.startsWith(begins));
  if (known !== undefined) return [known[1], known[2]];
  return [`this is not YAML: ${sentence.charAt(0).toLowerCase()}${sentence.slice(1)}`];
}

function lineAround(text: string, offset: number): string {
  const start = text.lastIndexOf('\n', offset - 1) + 1;
  const end = text.indexOf('\n', offset);
  return text.slice(start, end === -1 ? text.length : end).trimEnd();
}

/** What stands after `key: ` on a line. */
function valueIn(line: string): string | undefined {
  return /^\s*(?:- )*[\w.-]+:\s+(\S.*)$/.exec(line)?.[1];
}
