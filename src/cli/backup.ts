// `hookline backup`: copies the embedded store into one file, while Hookline runs or not.

import { resolve } from 'node:path';
import { HostError } from '../core/errors.ts';
import { backupStore } from '../store/sqlite/backup.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline backup <file>
  Copies the store in DATA_DIR into one file, also while Hookline runs: everything that was acknowledged before is in it, and
  nothing waits for it. The file appears when it is whole, checked and on the disk. An existing file is left alone.
  To restore: stop, put the file into an empty DATA_DIR as hookline.db, start.

  --json  what is in it, as JSON

Exit code: 0 done, 1 it could not be made, 2 a mistake in the command line.
`;

export function backup(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'backup', help, options: {}, takes: [1, 1] }, args, io, async (given) => {
    const { positionals, show, print } = given;
    const file = resolve(io.cwd, positionals[0] ?? '');
    const set = (name: string) => (io.env[name] ?? '').trim();
    if (set('DATABASE_URL') !== '' || set('DATABASE_URL_FILE') !== '') {
      throw new HostError('backup.failed', { file, why: 'the store is a PostgreSQL database; copy it with pg_dump' });
    }
    const made = backupStore({ dir: resolve(io.cwd, set('DATA_DIR') || './data'), file });
    show({ file, ...made }, () => {
      const size = `${Math.ceil(made.bytes / 1024).toLocaleString('en')} KiB`;
      print.line(`${print.paint('✓', 'green')} ${file}: ${made.events} events, ${made.runs} runs, ${size}`);
    });
  });
}
