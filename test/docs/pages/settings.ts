// The page of settings, from the table of settings.

import { settingTable } from '../../../src/core/settings.ts';
import { code, durationText, page, sizeText, table } from '../markdown.ts';

export function settingsPage(): string {
  return page(
    '# Settings',
    'Settings are environment variables; an empty one counts as not set. `hookline serve` reads all of them, `hookline dev` only `PORT`, `ADMIN_PORT`, `REQUEST_TIMEOUT` and `PLUGINS`. A value that cannot be read stops the start with [`setting.invalid`](errors.md#settinginvalid).',
    table(['Setting', 'Default', 'What it does'], Object.entries(settingTable).map(row)),
    '## Secrets',
    'Each secret is the environment variable `NAME`, or the content of the file that `NAME_FILE` names (a line break at its end is taken off). When both are set, `NAME` counts. An empty secret stops the start with [`secret.empty`](errors.md#secretempty).',
    table(['Secret', 'What it is'], [...secrets]),
    '## Of the command line',
    table(['Variable', 'What it does'], [...commandLine]),
  );
}

interface Row {
  readonly default: unknown;
  readonly expected: string;
  readonly description: string;
}

function row([name, setting]: readonly [string, Row]): string[] {
  return [code(name), defaultOf(setting), `${setting.description} ${formOf(setting)}`.trim()];
}

function defaultOf({ default: value, expected }: Row): string {
  if (value === '' || (Array.isArray(value) && value.length === 0)) return '';
  if (typeof value !== 'number') return code(String(value));
  if (expected.startsWith('a duration')) return code(durationText(value));
  return code(expected.startsWith('a size') ? sizeText(value) : String(value));
}

/** What a value looks like, where its default does not show it. */
function formOf({ default: value, expected }: Row): string {
  return Array.isArray(value) ? `Expected: ${expected}.` : '';
}

const secrets: readonly (readonly [string, string])[] = [
  [
    '`DATABASE_URL`, `DATABASE_URL_FILE`',
    'Address of a PostgreSQL database, `postgres://user:password@host:5432/database`, that any number of replicas share. Without one the embedded store in `DATA_DIR` is used, by one process. `hookline dev` never uses it.',
  ],
  ['`secrets.NAME` of the workflow file', 'The variable `NAME`, or `NAME_FILE`. Read once, at the start.'],
  [
    '`ADMIN_TOKEN`, `ADMIN_TOKEN_FILE`',
    'Token of the admin listener, 32 characters or more. Without one, `serve` makes a new one at every start and leaves it in `DATA_DIR/admin-token` for the commands on this machine; where `ADMIN_HOST` is not a loopback address it refuses to start.',
  ],
  [
    '`VIEWER_TOKEN`, `VIEWER_TOKEN_FILE`',
    'Token of those who may look and not act, 32 characters or more and not the same as `ADMIN_TOKEN`. Without one nobody has it.',
  ],
];

const commandLine: readonly (readonly [string, string])[] = [
  [
    '`HOOKLINE_URL`',
    'The admin listener that `events`, `runs` and the other commands talk to, with `ADMIN_TOKEN`. Without it: the `hookline dev` of this folder, else `ADMIN_PORT` of this machine.',
  ],
  ['`HOOKLINE_SECRET`', 'The signing secret for `hookline send --url`; or `HOOKLINE_SECRET_FILE`.'],
  [
    '`GITHUB_WORKSPACE`',
    'Root of the checkout, set by the CI service: `hookline check --format github` names files from there.',
  ],
  ['`HOOKLINE_COMPILE_CACHE`', 'Folder in which Node keeps compiled code. Default: a temporary one.'],
  ['`NO_COLOR`', 'Anything: no colours, also on a terminal.'],
];
