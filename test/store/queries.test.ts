// Every statement of the store finds its rows through an index, so that a million of them cost no more than ten.

import { pack, packRecord } from '../../src/store/sqlite/pack.ts';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createMarks } from '../../src/store/sqlite/marks.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { createSql, type Sql, type Value } from '../../src/store/sqlite/sql.ts';
import { reads, writes } from '../../src/store/sqlite/verbs.ts';
import { attempt, day, delivery, newRun, refusal, start, update } from '../contract/rows.ts';

/** By design: counting walks one index, connections are few, the newest configurations are the first of their index. */
const whole =
  /^select (?:status, )?count\(\*\)|^select \* from connections|^select hash, text|^select 1 from configs order by saved/;

/** The plan's lines that walk a table or an index from end to end. */
function scans(sql: Sql, text: string): string[] {
  const values = Array.from({ length: text.split('?').length - 1 }, () => null);
  const lines = sql.all(`explain query plan ${text}`, ...values) as { detail: string }[];
  return lines
    .map(({ detail }) => detail)
    .filter((detail) => /^SCAN (?!found|json_each|pragma|CONSTANT|\(subquery)/.test(detail));
}

/** Uses every verb once, in all its shapes. */
function useEverything(sql: Sql): void {
  const marks = createMarks(sql, { most: 1, some: 10 });
  const writing = { sql, marks, isolated: false };
  const items = [delivery({ key: 'k' }), delivery({ key: 'k' }), delivery()];
  writes.accept(writing, pack(items));
  marks.index();
  writes.accept(writing, pack([delivery({ key: 'k' })]));
  writes.refuse(writing, [refusal()]);
  const events = reads.pending(sql, 10);
  const runs = events.map(({ id }) => newRun(id, { unique: id }));
  writes.plan(
    writing,
    runs.map((run) => ({ eventId: run.eventId, runs: [run] })),
  );
  writes.replay(writing, newRun(events[0]?.id ?? ''));
  const [claimed] = writes.claim(writing, { now: start, owner: 'a', lanes: [{ lane: 'crm', limit: 1 }] });
  if (claimed === undefined) throw new Error('nothing was due');
  const { run, fence } = claimed;
  const begun = attempt(run.id);
  const end = { ...begun, status: 'succeeded', endedAt: start } as const;
  const record = { runId: run.id, fence, update: update(run), begun: [begun], ended: [end], release: false };
  writes.record(writing, [record, { ...record, release: true }, { ...record, fence: 0 }].map(packRecord));
  writes.edit(writing, { runId: run.id, fence, update: update(run) });
  writes.recover(writing, 'b', start);
  writes.release(writing, 'crm', 'paused', start, 0);
  writes.saveConfig(writing, { hash: 'h', text: '', file: '', at: start });
  writes.probe(writing);
  const [eventId, type, source, workflow, page] = ['e', 't', 's', 'w', { limit: 5, before: 'x' }];
  for (const filter of [{}, { type }, { source }, { status: 'pending' as const }]) reads.events(sql, filter, page);
  for (const filter of [{}, { eventId }, { status: 'refused' as const }]) reads.deliveries(sql, filter, page);
  for (const filter of [{}, { eventId }, { workflow }, { status: 'held' as const }]) reads.runs(sql, filter, page);
  for (const filter of [{}, { workflow }, { status: 'held' as const }])
    reads.runs(sql, { ...filter, lane: 'crm' }, page);
  reads.attempts(sql, run.id);
  reads.run(sql, run.id);
  reads.config(sql);
  reads.config(sql, 'h');
  reads.nextDue(sql, ['crm']);
  reads.stats(sql);
  reads.backlog(sql, 10);
  const retention = { succeededMs: day, failedMs: day, deliveriesMs: day };
  for (const id of runs.map((item) => item.id)) {
    sql.run("update runs set status = 'succeeded', owner = null, due_at = null, ended_at = ? where id = ?", start, id);
  }
  writes.prune(writing, start, { ...retention, mostBytes: 0 });
  while (writes.prune(writing, start + 100 * day, retention) > 0);
}

test('walks no table', () => {
  const database = new DatabaseSync(':memory:');
  const sql = createSql(database);
  migrate(sql, 'memory');
  const used = new Set<string>();
  const noted =
    <T extends unknown[], R>(call: (text: string, ...values: T) => R) =>
    (text: string, ...values: T) => {
      used.add(text);
      return call(text, ...values);
    };
  useEverything({
    exec: (text) => sql.exec(text),
    run: noted((text, ...values: Value[]) => sql.run(text, ...values)),
    get: noted((text, ...values: Value[]) => sql.get(text, ...values)),
    all: noted((text, ...values: Value[]) => sql.all(text, ...values)),
    each: noted((text, ...values: Value[]) => sql.each(text, ...values)),
  });
  expect(used.size).toBeGreaterThan(50);
  expect([...used].filter((text) => !whole.test(text) && scans(sql, text).length > 0)).toEqual([]);
  expect(scans(sql, 'select * from runs where config = ?'), 'a scan is seen').not.toEqual([]);
});
