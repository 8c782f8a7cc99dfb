// Why a workflow file was not taken: its problems, or what stood in the way of a file without any.

import { HostError } from '../core/errors.ts';
import type { Time } from '../core/model.ts';
import type { FileTexts } from '../workflow/files.ts';
import type { Problem } from '../workflow/problem.ts';

export interface Refusal {
  readonly at: Time;
  /** One sentence, with the first place. */
  readonly why: string;
  /** The same without a word of the file: a place and a code. */
  readonly brief: string;
  /** How many of the problems are errors. */
  readonly errors: number;
  readonly problems: readonly Problem[];
  /** Where the lines of the problems are found; null when it could not be read. */
  readonly files: FileTexts | null;
  /** Nothing of the file is wrong: it is tried again by itself. */
  readonly again: boolean;
}

export function refusalOf(
  { problems, files }: { readonly problems: readonly Problem[]; readonly files: FileTexts },
  at: Time,
): Refusal {
  const errors = problems.filter(({ severity }) => severity === 'error');
  const [first] = errors;
  const more = errors.length > 1 ? `, and ${errors.length - 1} more` : '';
  const why = first === undefined ? 'it has a problem' : `${placeName(first)} ${first.message}${more}`;
  const brief = first === undefined ? 'it has a problem' : `${placeName(first)} ${first.code}${more}`;
  return { at, why, brief, errors: errors.length, problems, files, again: false };
}

/** Of a file that cannot be read, stored or put to use. */
export function refusalFor(error: unknown, files: FileTexts | null, at: Time): Refusal {
  const code = error instanceof HostError ? error.code : 'internal';
  const why = error instanceof Error ? error.message : String(error);
  return { at, why, brief: code, errors: 0, problems: [], files, again: code === 'store.unavailable' };
}

export function placeName({ at: { file, line, column } }: Pick<Problem, 'at'>): string {
  return `${file}:${line}:${column}`;
}
