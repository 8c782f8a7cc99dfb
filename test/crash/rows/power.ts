// Row: the machine loses power: what was not synced is gone.

import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { impossible, poweredDisk } from '../disk.ts';
import { nothingSent, recoverAndJudge } from '../evidence.ts';
import { startLoad } from '../load.ts';
import { many, withSetting, type Row } from '../row.ts';

const disk = () => poweredDisk(256);

export const power: Row = {
  name: 'power loss under load',
  says: 'The store lies on an ext4 file system of its own, which is shut down at once and without flushing its log while senders post, and with it the process; then it is mounted again, and everything that was acknowledged or sent must be known.',
  impossible: () => impossible(disk),
  run: async (size) => {
    const cycles = many(size, 1, 50);
    const wrong: string[] = [];
    let acknowledged = 0;
    for (let cycle = 0; cycle < cycles; cycle++) {
      const found = await loseStore();
      acknowledged += found.acknowledged;
      wrong.push(...found.wrong);
    }
    const careless = await loseCareless();
    return {
      figures: { 'power losses': cycles, 'acknowledged events': acknowledged, 'rows the control lost': careless.lost },
      wrong,
      control: { what: 'a writer with synchronous = normal and no checkpoint loses rows', failed: careless.lost > 0 },
    };
  },
};

async function loseStore() {
  const machine = disk();
  try {
    return await withSetting(
      async ({ folder, sink }) => {
        const sent = nothingSent();
        const hookline = await folder.start();
        const load = startLoad(hookline.url, sent, 8);
        await sleep(800 + Math.random() * 700);
        machine.powerOff(hookline.pid);
        hookline.kill('SIGKILL');
        await hookline.ended;
        await load.stop();
        machine.powerCycle();
        const wrong = await recoverAndJudge(folder, sent, sink);
        return { wrong, acknowledged: sent.acknowledged.size };
      },
      { dataDir: join(machine.dir, 'data') },
    );
  } finally {
    machine.remove();
  }
}

/** The control: rows that a commit without a sync has told of. */
async function loseCareless() {
  const machine = disk();
  try {
    const file = join(machine.dir, 'careless.db');
    const database = new DatabaseSync(file);
    database.exec('pragma journal_mode = wal; pragma synchronous = normal; pragma wal_autocheckpoint = 0');
    database.exec('create table told (id integer primary key)');
    let told = 0;
    const insert = database.prepare('insert into told (id) values (?)');
    for (const end = Date.now() + 500; Date.now() < end; told++) insert.run(told);
    machine.powerOff();
    try {
      database.close();
    } catch {
      // Its disk is gone.
    }
    machine.powerCycle();
    return { lost: told - rowsIn(file) };
  } finally {
    machine.remove();
  }
}

function rowsIn(file: string): number {
  const database = new DatabaseSync(file);
  try {
    const { rows } = database.prepare('select count(*) as rows from told').get() as { rows: number };
    return rows;
  } catch {
    return 0;
  } finally {
    database.close();
  }
}
