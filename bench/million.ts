// Fills a folder with an embedded store of many events, written straight into its tables: through the receiver it takes an hour.

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createId, poolRandom } from '../src/core/id.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';

/** One every this many milliseconds, the last one now. */
const apartMs = 500;

export interface Filled {
  /** Somewhere in the middle. */
  readonly id: string;
  /** The time of it. */
  readonly at: number;
}

/** Of every ten events eight have a run; one of a thousand runs failed, one of ten thousand is held. */
export async function fillStore(dir: string, count: number): Promise<Filled> {
  await (await openSqliteStore({ dir })).close();
  const database = new DatabaseSync(join(dir, 'hookline.db'));
  database.exec('pragma synchronous = off; pragma foreign_keys = off; begin');
  const random = poolRandom(randomBytes);
  const event = database.prepare(
    'insert into events (id, source, type, key, rule, time, received_at, status, matched, runs, config, headers, body) ' +
      "values (?, ?, ?, ?, 'id', null, ?, ?, ?, ?, 'hash', '[]', ?)",
  );
  const run = database.prepare(
    'insert into runs (id, event_id, workflow, replay, status, reason, config, created_at, started_at, ended_at, lane, fence, steps) ' +
      "values (?, ?, ?, 0, ?, ?, 'hash', ?, ?, ?, '*', 1, ?)",
  );
  const steps = JSON.stringify([{ id: 'forward', status: 'succeeded', generation: 0, attempts: 1, retries: 0 }]);
  const body = Buffer.from(
    JSON.stringify({ event: 'call.ended', data: { call: { callId: 'x', summary: 'The caller asked. '.repeat(30) } } }),
  );
  const start = Date.now() - count * apartMs;
  let middle = { id: '', at: 0 };
  for (let number = 0; number < count; number++) {
    const at = start + number * apartMs;
    const id = createId('evt', at, random);
    if (number === count >> 1) middle = { id, at };
    const taken = number % 10 < 8;
    const type = number % 100_000 === 0 ? 'call.rare' : `call.${number % 20}`;
    const matched = taken ? '["forward"]' : '[]';
    event.run(
      id,
      number % 5 === 0 ? 'shop' : 'truedy',
      type,
      `k${number}`,
      at,
      taken ? 'matched' : 'ignored',
      matched,
      taken ? 1 : 0,
      body,
    );
    if (!taken) continue;
    const status = number % 1000 === 0 ? 'failed' : number % 10_000 === 1 ? 'held' : 'succeeded';
    const reason = status === 'held' ? 'in_doubt' : null;
    run.run(
      createId('run', at, random),
      id,
      'forward',
      status,
      reason,
      at,
      at + 5,
      status === 'held' ? null : at + 40,
      steps,
    );
  }
  database.exec('commit');
  database.close();
  return middle;
}
