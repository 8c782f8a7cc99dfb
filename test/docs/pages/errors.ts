// The pages of errors: of the host, of the workflow file, and why a delivery is refused.

import { hostErrors } from '../../../src/core/errors.ts';
import { reasons } from '../../../src/receive/reasons.ts';
import { code, page, table } from '../markdown.ts';

export function errorsPage(): string {
  return page(
    '# Errors',
    'What can go wrong with Hookline itself: at the start, on the command line, in the admin API. The API answers with the status and `{ "error": { "code", "message", "help" } }`; a command prints the sentence and the help, and ends with the exit code.',
    table(
      ['Exit code', 'Means'],
      [
        ['0', 'done'],
        ['1', 'refused, or nobody answers'],
        ['2', 'a mistake in the command line or in the settings; nothing was done'],
      ],
    ),
    'Problems of the workflow file have [a page of their own](problems.md), and so have [refused deliveries](refusals.md).',
    ...Object.entries(hostErrors).map(([name, { message, help, status, exit }]) =>
      page(`## ${code(name)}`, `> ${message}`, help, `HTTP ${status}, exit code ${exit}.`).trimEnd(),
    ),
  );
}

export function refusalsPage(): string {
  return page(
    '# Refused deliveries',
    'A delivery that is not accepted is answered with a status and `{ "reason", "message" }`. `hookline events --refused` lists them. A 503 carries `Retry-After`, so that the sender tries again: the fault is on our side.',
    'Kept are the headers without secrets, the reason and the first 1,024 bytes, of at most 50 deliveries a second; more are only counted in the log. A delivery that could not be stored (`store.unavailable`) is in the log alone.',
    table(
      ['Reason', 'Status', 'Message'],
      Object.entries(reasons).map(([name, { status, message }]) => [code(name), String(status), message]),
    ),
    'What to do about the refusals of signatures: [Sources](../guide/sources.md#when-a-signature-is-refused).',
  );
}
