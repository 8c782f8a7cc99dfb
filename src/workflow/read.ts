// Text of a workflow file → a tree with the place of every value; hostile or broken text gives problems, never a crash.

import { Composer, Lexer, Parser, type Document, type YAMLError } from 'yaml';
import { convert } from './convert.ts';
import type { Node } from './node.ts';
import type { Report } from './report.ts';
import { reportSyntax } from './traps.ts';
import { findUnclosed, type Unclosed } from './unclosed.ts';

/** Longest file in bytes of UTF-8. */
export const fileLimit = 262_144;
/** Of all files of a folder together. */
export const totalLimit = 4_194_304;
/** Deepest nesting, counted in the parser's own levels: about two for each list or map. */
const depthLimit = 100;
/** Most pieces (keys, marks, blanks, values) a file may have; a full file of real workflows has about half of it. */
const pieceLimit = 120_000;
/** YAML errors reported at once; later ones mostly follow from the first. */
const errorLimit = 20;

/** The tree of a file, or undefined when the text as a whole cannot be read. What is wrong is in the report. */
export function readTree(report: Report): Node | undefined {
  const { text } = report.source;
  if (!isReadable(report) || hasDirective(report)) return undefined;
  const parsed = compose(text);
  if (parsed.stopped !== undefined) {
    const { code, offset } = parsed.stopped;
    const [message, hint] = stops[code];
    report.error(code, { offset, end: offset, path: '' }, message, hint);
    return undefined;
  }
  const [document, second] = parsed.documents;
  if (document === undefined) return undefined;
  if (second !== undefined) {
    const offset = text.lastIndexOf('---', second.range[0]);
    const span = { offset: Math.max(0, offset), end: offset + 3, path: '' };
    report.error(
      'yaml.documents',
      span,
      'a second YAML document begins here',
      'Keep everything in one document: remove the "---".',
    );
  }
  const errors: YAMLError[] = [...document.errors, ...document.warnings];
  errors.sort((a, b) => a.pos[0] - b.pos[0]);
  const unclosed = findUnclosed(document, errors, text);
  // What comes after it is not read as it was meant.
  const told = unclosed === undefined ? errors : errors.filter(({ pos }) => pos[0] < unclosed.offset);
  const goesOn = reportSyntax(told.slice(0, errorLimit), report) && told.length <= errorLimit;
  if (unclosed !== undefined) reportUnclosed(unclosed, report);
  if (!goesOn || unclosed !== undefined || second !== undefined) return undefined;
  if (document.contents === null || isNothing(document)) {
    const span = { offset: 0, end: 0, path: '' };
    report.error('file.empty', span, `"${report.source.file}" is empty`, 'Begin with "version: 1".');
    return undefined;
  }
  return convert(document.contents, errors, report);
}

function reportUnclosed(unclosed: Unclosed, report: Report): void {
  const opener = report.source.text.charAt(unclosed.offset);
  const hint = `Add the ${unclosed.closer} where it is meant to end.`;
  report.error('yaml.syntax', unclosed, `the ${opener} that stands here is never closed`, hint);
}

function isNothing(document: Document.Parsed): boolean {
  const { contents } = document;
  return contents !== null && 'value' in contents && contents.value === null && contents.range[0] === contents.range[1];
}

function isReadable(report: Report): boolean {
  const { text, file } = report.source;
  const start = { offset: 0, end: 0, path: '' };
  if (Buffer.byteLength(text) > fileLimit) {
    report.error(
      'file.too-large',
      start,
      `"${file}" is larger than ${fileLimit / 1024} KiB`,
      'Remove what is not needed.',
    );
    return false;
  }
  const bad = /[^\P{Cc}\t\r\n]|[\ufffd\p{Cs}]/u;
  const at = bad.exec(text)?.index;
  if (at === undefined) return true;
  const code = text.codePointAt(at) ?? 0;
  const what =
    code === 0xfffd
      ? 'bytes that are not UTF-8'
      : `the control character U+${code.toString(16).toUpperCase().padStart(4, '0')}`;
  report.error(
    'file.not-text',
    { offset: at, end: at, path: '' },
    `"${file}" holds ${what}`,
    'Save the file as UTF-8 text.',
  );
  return false;
}

const stops = {
  'yaml.depth': ['lists and maps are nested too deeply here', 'Nest less deeply.'],
  'file.too-large': ['the file has too many keys and values, up to here', 'Remove what is not needed.'],
} as const;

interface Composed {
  readonly documents: readonly Document.Parsed[];
  /** Where a limit was passed; nothing is composed then, because that would take too long. */
  readonly stopped: { readonly code: keyof typeof stops; readonly offset: number } | undefined;
}

function compose(text: string): Composed {
  const parser = new Parser();
  let stopped: Composed['stopped'];
  function* tokens() {
    let pieces = 0;
    for (const lexeme of new Lexer().lex(text)) {
      yield* parser.next(lexeme);
      const code =
        parser.stack.length > depthLimit ? 'yaml.depth' : ++pieces > pieceLimit ? 'file.too-large' : undefined;
      if (code !== undefined) {
        stopped = { code, offset: Math.min(parser.offset, text.length) };
        return;
      }
    }
    yield* parser.end();
  }
  const composer = new Composer({
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    uniqueKeys: false,
    prettyErrors: false,
    logLevel: 'silent',
  });
  const documents: Document.Parsed[] = [];
  for (const document of composer.compose(tokens(), true, text.length)) {
    documents.push(document);
    if (documents.length === 2) break;
  }
  return { documents, stopped };
}

/** A directive could change how everything after it is read; it can only stand before the first value. */
function hasDirective(report: Report): boolean {
  const { text } = report.source;
  let start = 0;
  while (start < text.length && /^[ \t]*(#.*)?\r?$/.test(lineAt(text, start))) start += lineAt(text, start).length + 1;
  if (text[start] !== '%') return false;
  const span = { offset: start, end: start + lineAt(text, start).length, path: '' };
  const message = 'a "%" directive is not allowed; the file is always read as YAML 1.2';
  report.error('yaml.directive', span, message, 'Remove the line.');
  return true;
}

function lineAt(text: string, start: number): string {
  const end = text.indexOf('\n', start);
  return text.slice(start, end === -1 ? text.length : end);
}
