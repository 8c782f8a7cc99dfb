// A workflow file with errors, where a command needs one without.

import { formatProblem } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import type { LoadedFile } from './load-file.ts';

/** Lists the problems. `what`: what can therefore not be done, such as `nothing can be tried`. */
export function refuseFile({ file, files, problems }: LoadedFile, what: string, io: Io): void {
  for (const problem of problems) {
    for (const line of formatProblem(problem, files, { color: io.color }).split('\n')) io.err(line);
    io.err('');
  }
  io.err(`"${file}" has errors, so ${what}.`);
}
