// The result of `hookline check` as workflow commands of a CI service that shows them at the lines of a pull request.

import { isAbsolute, relative, resolve } from 'node:path';
import { printable } from '../core/log.ts';
import { countByFile, tell, total, type Checked } from './check-result.ts';
import type { Io } from './client.ts';

/** One annotation for each problem, and one plain line for each file or folder. */
export function printGithub(all: readonly Checked[], io: Io): void {
  for (const checked of all) {
    if ('unreadable' in checked) {
      const { code, message, help } = checked.unreadable;
      io.out(annotation('error', { title: code }, `${message}.\n${help}`));
      continue;
    }
    for (const { code, severity, at, length = 1, message, hint } of checked.problems) {
      const place = {
        file: fromWorkspace(at.file, io),
        line: at.line,
        col: at.column,
        endLine: at.line,
        endColumn: at.column + length,
        title: code,
      };
      io.out(annotation(severity, place, hint === undefined ? message : `${message}\n${hint}`));
    }
    for (const { name, why } of checked.connections ?? []) {
      if (why !== null) io.out(annotation('error', { title: `connection ${name}` }, why));
    }
    const counts = total(countByFile(checked));
    io.out(`${counts.errors === 0 ? '✓' : '✗'} ${oneLine(checked.file)}: ${tell(counts)}`);
  }
}

/** Annotations are found by the path from the root of the checkout. */
function fromWorkspace(file: string, { env, cwd }: Io): string {
  const root = env['GITHUB_WORKSPACE'];
  if (root === undefined || root === '') return file;
  const path = relative(root, resolve(cwd, file));
  return path.startsWith('..') || isAbsolute(path) ? file : path;
}

/** `::error file=…,line=…::message`. What a line break, a colon or a comma could end is escaped, so that data cannot begin a command. */
function annotation(kind: 'error' | 'warning', properties: Record<string, string | number>, message: string): string {
  const given = Object.entries(properties).map(([name, value]) => `${name}=${escapeProperty(String(value))}`);
  return `::${kind} ${given.join(',')}::${escapeMessage(message)}`;
}

function escapeMessage(text: string): string {
  const lines = text.replaceAll('\u2028', '\n').replaceAll('\u2029', '\n');
  return printable(lines.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapeProperty(text: string): string {
  return escapeMessage(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function oneLine(text: string): string {
  return printable(text).replaceAll('\n', '\\n');
}
