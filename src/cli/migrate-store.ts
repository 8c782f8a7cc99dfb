// `hookline migrate-store`: moves to PostgreSQL, with everything the embedded store holds.

import { resolve } from 'node:path';
import { HostError } from '../core/errors.ts';
import { databaseAddress, readSettings } from '../core/settings.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';

const help = `
hookline migrate-store
  Copies the embedded store of DATA_DIR into the database that DATABASE_URL names, and compares the counts at the end.
  Stop Hookline first, and start it with DATABASE_URL afterwards. The embedded store stays as it is.
  A copy that was cut goes on where it ended when the command is called again.

  --json  the counts as JSON

Exit code: 0 everything is copied, 1 it is refused, 2 a mistake in the command line or a setting.
`;

export function migrateStore(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'migrate-store', help, options: {}, takes: [0, 0] }, args, io, async ({ show, print }) => {
    const dir = resolve(io.cwd, readSettings(io.env).DATA_DIR);
    const url = databaseAddress(io.env);
    if (url === '') throw new HostError('secret.empty', { name: 'DATABASE_URL' });
    const { moveStore } = await import('../store/move.ts');
    const copied = new Map<string, number>();
    const moved = await moveStore({
      dir,
      url,
      progress: (table, rows) => {
        copied.set(table, (copied.get(table) ?? 0) + rows);
        io.err(`${table}: ${copied.get(table)}`);
      },
    });
    show(moved, () => {
      if (moved.before) print.line('This store was copied before; nothing was done.');
      for (const { name, rows } of moved.tables) print.line(`${String(rows).padStart(10)}  ${name}`);
      if (!moved.before) print.line('All of it is in the database. Start Hookline with DATABASE_URL.');
    });
  });
}
