// Turns that all replicas share: one row for each rated connection says when its next call is in time.

import { createBatcher } from '../batch.ts';
import type { Pace } from '../store.ts';
import type { Database, Sql } from './database.ts';

interface Ask extends Pace {
  readonly name: string;
}

/** Resolves to 0, or to the milliseconds until there is a turn. All that ask at the same moment share a transaction. */
export function openTurns(database: Database): (name: string, pace: Pace) => Promise<number> {
  const batcher = createBatcher<Ask, number>({
    run: (asks) => database.transactLightly((sql) => takeTurns(sql, asks)),
    maxItems: 500,
  });
  return (name, pace) => batcher.add({ name, ...pace });
}

async function takeTurns(sql: Sql, asks: readonly Ask[]): Promise<readonly number[]> {
  const answers = new Map<Ask, number>();
  // In one order, so that two transactions never wait for each other.
  const byName = [...Map.groupBy(asks, ({ name }) => name)].sort(([a], [b]) => (a < b ? -1 : 1));
  for (const [name, same] of byName) await takeOf(sql, name, same, answers);
  return asks.map((ask) => answers.get(ask) ?? 0);
}

/** In microseconds, because a statement's numbers are whole. */
async function takeOf(sql: Sql, name: string, asks: readonly Ask[], answers: Map<Ask, number>): Promise<void> {
  await sql.run('insert into hookline.rates (name, due_us) values ($1, 0) on conflict do nothing', [name]);
  const rows = await sql.rows<{ due: number; now: number }>(
    `select due_us as due, (extract(epoch from clock_timestamp()) * 1000000)::bigint as now
     from hookline.rates where name = $1 for update`,
    [name],
  );
  const { now = 0, due = 0 } = rows[0] ?? {};
  let next = due;
  for (const ask of asks) {
    const everyUs = ask.everyMs * 1000;
    // Not further ahead than what may be taken at once: the clock may have been set back, or the rate raised.
    next = Math.min(Math.max(next, now), now + ask.spare * everyUs);
    const freeAt = next - (ask.spare - 1) * everyUs;
    const isFree = freeAt <= now + 1;
    answers.set(ask, isFree ? 0 : Math.max(1, Math.ceil((freeAt - now) / 1000)));
    if (isFree) next += everyUs;
  }
  if (next !== due) await sql.run('update hookline.rates set due_us = $2 where name = $1', [name, next]);
}
