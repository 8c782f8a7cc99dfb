// What `hookline check` found of one file or folder, before it is written in one of the formats.

import type { HostError } from '../core/errors.ts';
import type { Workflows } from '../workflow/compile.ts';
import { listFiles, type FileTexts } from '../workflow/files.ts';
import type { Problem } from '../workflow/problem.ts';

export type Checked =
  /** `file`: as it was given. */
  | { readonly file: string; readonly unreadable: HostError }
  | {
      readonly file: string;
      readonly files: FileTexts;
      readonly problems: readonly Problem[];
      /** Null when there is an error that is no strict one. */
      readonly workflows: Workflows | null;
      readonly unsetSecrets: readonly string[];
      /** Only with `--connect`. */
      readonly connections: readonly TriedConnection[] | undefined;
    };

export interface TriedConnection {
  readonly name: string;
  /** Null when it works; else why not, without secrets. */
  readonly why: string | null;
}

export type Readable = Exclude<Checked, { unreadable: HostError }>;

export interface FileCount {
  readonly file: string;
  readonly errors: number;
  readonly warnings: number;
}

/** Problems of each file, in the order the files are read. */
export function countByFile({ files, problems }: Readable): readonly FileCount[] {
  return listFiles(files).map(({ file }) => {
    const own = problems.filter(({ at }) => at.file === file);
    const errors = own.filter(({ severity }) => severity === 'error').length;
    return { file, errors, warnings: own.length - errors };
  });
}

/** `1 error, 2 warnings` */
export function tell({ errors, warnings }: Omit<FileCount, 'file'>): string {
  const some = (count: number, what: string) => (count === 0 ? [] : [counted(count, what)]);
  return [...some(errors, 'error'), ...some(warnings, 'warning')].join(', ') || 'no problem';
}

/** `1 workflow`, `2 workflows` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}

export function total(counts: readonly Omit<FileCount, 'file'>[]): Omit<FileCount, 'file'> {
  const sum = (what: 'errors' | 'warnings') => counts.reduce((all, count) => all + count[what], 0);
  return { errors: sum('errors'), warnings: sum('warnings') };
}
