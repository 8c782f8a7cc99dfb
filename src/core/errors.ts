// Errors of the host (start-up, command line, API): one table gives sentence, HTTP status, exit code and help.

interface Entry {
  /** `{name}` is filled from the error's details. */
  readonly message: string;
  readonly status: number;
  readonly exit: number;
  readonly help: string;
}

export const hostErrors = {
  'config.refused': {
    message: '"{file}" has {count} problem(s), so it was not loaded',
    status: 422,
    exit: 1,
    help: 'Run "hookline check" for the list, mend the file and start again.',
  },
  'config.unreadable': {
    message: '"{file}" cannot be read: {why}',
    status: 500,
    exit: 2,
    help: 'Name a workflow file or a folder of them, set WORKFLOWS to it, or create ./workflows.yaml.',
  },
  'connection.invalid': {
    message: 'the settings of connection "{name}" are refused: {why}',
    status: 422,
    exit: 2,
    help: 'Mend the connection in the workflow file, or the secret behind the setting.',
  },
  'source.invalid': {
    message: 'source "{name}" cannot verify anything: {why}',
    status: 422,
    exit: 2,
    help: 'Mend the source in the workflow file, or the secret behind it.',
  },
  'secret.empty': {
    message: 'secret "{name}" is not set or empty',
    status: 500,
    exit: 2,
    help: 'Set the environment variable {name}, or {name}_FILE to a file that holds it. An empty secret would verify anything.',
  },
  'secret.file': {
    message: 'the file "{file}" that {name}_FILE names cannot be read: {why}',
    status: 500,
    exit: 2,
    help: 'Check that the file exists and that this user may read it.',
  },
  'setting.invalid': {
    message: 'setting {name} is "{value}"; expected {expected}',
    status: 500,
    exit: 2,
    help: 'See docs/reference/settings.md.',
  },
  'store.locked': {
    message: 'another Hookline process already uses the data folder "{dir}"',
    status: 500,
    exit: 2,
    help: 'Stop the other process, or set DATA_DIR to another folder. One embedded store has one owner.',
  },
  'store.unwritable': {
    message: 'the data folder "{dir}" cannot be written: {why}',
    status: 500,
    exit: 2,
    help: 'Give this user write permission on the folder, or set DATA_DIR to another one.',
  },
  'store.newer': {
    message: 'the store in "{dir}" was written by a newer Hookline (schema {found}, this one knows {known})',
    status: 500,
    exit: 2,
    help: 'Start the newer version, or restore a backup made before the upgrade.',
  },
  'store.unavailable': {
    message: 'the store cannot take a write now: {why}',
    status: 503,
    exit: 1,
    help: 'Free disk space or mend the volume, or the database that DATABASE_URL names; the sender tries again by itself.',
  },
  'database.invalid': {
    message: 'DATABASE_URL is not the address of a PostgreSQL database',
    status: 500,
    exit: 2,
    help: 'Write postgres://user:password@host:5432/database, or take it away to use the embedded store.',
  },
  'store.full': {
    message: 'the storage budget is used up by what must be kept',
    status: 503,
    exit: 1,
    help: 'Raise STORAGE_BUDGET, or let what waits and what is held come to an end; the sender tries again by itself.',
  },
  'backup.failed': {
    message: 'the backup "{file}" cannot be made: {why}',
    status: 500,
    exit: 1,
    help: 'Name a new file on a disk with room for the whole store, and set DATA_DIR to the folder of the store.',
  },
  'store.moving': {
    message: 'the database holds a part of an embedded store whose copy was cut',
    status: 500,
    exit: 2,
    help: 'Run "hookline migrate-store" again: it goes on where it ended.',
  },
  'move.refused': {
    message: 'the embedded store is not copied: {why}',
    status: 409,
    exit: 1,
    help: 'Name the folder with DATA_DIR, and a database that is empty or holds a part of this very store with DATABASE_URL.',
  },
  'port.taken': {
    message: 'port {port} on {host} is already in use',
    status: 500,
    exit: 2,
    help: 'Stop the other program, or set {setting} to another port.',
  },
  'admin.token': {
    message: 'the admin listener on {host} needs ADMIN_TOKEN',
    status: 500,
    exit: 2,
    help: 'Set ADMIN_TOKEN (or ADMIN_TOKEN_FILE) to at least 32 characters, or set ADMIN_HOST=127.0.0.1.',
  },
  'viewer.token': {
    message: 'VIEWER_TOKEN is shorter than 32 characters, or the same as ADMIN_TOKEN',
    status: 500,
    exit: 2,
    help: 'Set it to another text of at least 32 characters, or leave it out.',
  },
  'admin.unreachable': {
    message: 'no Hookline answers on {url}',
    status: 502,
    exit: 1,
    help: 'Start "hookline dev" or "hookline serve" first, or set HOOKLINE_URL and ADMIN_TOKEN.',
  },
  'admin.unauthorized': {
    message: 'the admin token is missing or wrong',
    status: 401,
    exit: 1,
    help: 'Set ADMIN_TOKEN to the token of the running Hookline.',
  },
  'admin.forbidden': {
    message: 'this token may look, and change nothing',
    status: 403,
    exit: 1,
    help: 'Sign in with ADMIN_TOKEN to act.',
  },
  'not.found': {
    message: '{what} "{id}" does not exist',
    status: 404,
    exit: 1,
    help: 'List what there is with "hookline events" or "hookline runs".',
  },
  'state.conflict': {
    message: '{what} "{id}" is {status}: {why}',
    status: 409,
    exit: 1,
    help: 'Look at it with "hookline runs {id}".',
  },
  'playground.stuck': {
    message: 'the playground did not start: {why}',
    status: 503,
    exit: 1,
    help: 'Look at the plugin that was changed last: it must load at once, without a loop and without waiting.',
  },
  'input.invalid': {
    message: '{what}',
    status: 400,
    exit: 2,
    help: 'See "hookline help".',
  },
} as const satisfies Record<string, Entry>;

export type HostErrorCode = keyof typeof hostErrors;

/** An error of the host with its place in the table. `details` fill the message and must hold no secret. */
export class HostError extends Error {
  readonly code: HostErrorCode;
  readonly status: number;
  readonly exit: number;
  readonly help: string;

  constructor(code: HostErrorCode, details: Record<string, string | number> = {}, options?: ErrorOptions) {
    const entry: Entry = hostErrors[code];
    const fill = (text: string) => text.replace(/\{(\w+)\}/g, (whole, name: string) => String(details[name] ?? whole));
    super(fill(entry.message), options);
    this.name = 'HostError';
    this.code = code;
    this.status = entry.status;
    this.exit = entry.exit;
    this.help = fill(entry.help);
  }
}

export interface ListenAt {
  readonly host: string;
  readonly port: number;
  /** Before the names of both settings: `ADMIN_`, or nothing. */
  readonly prefix: '' | 'ADMIN_';
}

/** Why an address cannot be listened on; an error that says nothing of the address comes back as it is. */
export function listenFault(error: unknown, { host, port, prefix }: ListenAt): unknown {
  const options = { cause: error };
  const invalid = (name: string, value: string | number, expected: string) =>
    new HostError('setting.invalid', { name: prefix + name, value, expected }, options);
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EADDRINUSE':
      return new HostError('port.taken', { host, port, setting: `${prefix}PORT` }, options);
    case 'EACCES':
      return invalid('PORT', port, 'a port that this user may open, such as one above 1023');
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
    case 'EADDRNOTAVAIL':
      return invalid('HOST', host, 'an address of this machine, or a name that leads to one');
    default:
      return error;
  }
}
