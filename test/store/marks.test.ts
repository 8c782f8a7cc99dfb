// Dedupe marks: found from the moment they are written, wherever they are on their way into the index.

import * as fc from 'fast-check';
import { createHash } from 'node:crypto';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { createMarks } from '../../src/store/sqlite/marks.ts';
import { migrate } from '../../src/store/sqlite/migrations.ts';
import { createSql } from '../../src/store/sqlite/sql.ts';

const markOf = (key: number) => createHash('sha256').update(String(key)).digest().subarray(0, 16);
const sizes = { most: 4, some: 2 };

function memory() {
  const database = new DatabaseSync(':memory:');
  const sql = createSql(database);
  migrate(sql, 'memory');
  return sql;
}

const key = fc.integer({ min: 0, max: 12 });
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({ is: fc.constant('take' as const), key, lives: fc.integer({ min: 1, max: 30 }) }),
  },
  { weight: 3, arbitrary: fc.record({ is: fc.constant('index' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('prune' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('restart' as const) }) },
  { weight: 1, arbitrary: fc.record({ is: fc.constant('undone' as const), key }) },
);

test('says the same as a plain table, over index steps, prunes, rollbacks and restarts', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
      const sql = memory();
      let marks = createMarks(sql, sizes);
      const model = new Map<number, { eventId: string; keepUntil: number }>();
      const expected = (of: number, now: number) => {
        const found = model.get(of);
        return found !== undefined && found.keepUntil > now ? found.eventId : undefined;
      };
      for (const [now, taken] of steps.entries()) {
        if (taken.is === 'index' && marks.waiting()) marks.index();
        if (taken.is === 'prune') marks.prune(now, 3);
        if (taken.is === 'restart') marks = createMarks(sql, sizes);
        if (taken.is === 'undone') {
          sql.exec('begin');
          marks.add({ mark: markOf(taken.key), eventId: 'undone', keepUntil: now + 100 });
          if (marks.waiting()) marks.index();
          sql.exec('rollback');
          marks.reset();
        }
        if (taken.is === 'take') {
          const eventId = `evt_${now}`;
          const found = marks.find(markOf(taken.key), now);
          expect(found).toBe(expected(taken.key, now));
          if (found !== undefined) continue;
          marks.add({ mark: markOf(taken.key), eventId, keepUntil: now + taken.lives });
          model.set(taken.key, { eventId, keepUntil: now + taken.lives });
        }
      }
      const end = steps.length;
      for (const one of model.keys()) expect(marks.find(markOf(one), end)).toBe(expected(one, end));
      while (marks.prune(end + 100, 5) > 0);
      while (marks.waiting()) marks.index();
      expect(sql.get('select (select count(*) from marks) + (select count(*) from mark_index) as left')).toEqual({
        left: 0,
      });
    }),
    { numRuns: 300 },
  );
});

test('waits for many marks before it indexes them, and then does so in small parts', () => {
  const sql = memory();
  const marks = createMarks(sql, { most: 100, some: 30 });
  for (let one = 0; one < 99; one++) marks.add({ mark: markOf(one), eventId: `evt_${one}`, keepUntil: 9 });
  expect(marks.waiting()).toBe(false);
  marks.add({ mark: markOf(99), eventId: 'evt_99', keepUntil: 9 });
  const counts: unknown[] = [];
  while (marks.waiting()) {
    marks.index();
    counts.push(sql.get('select count(*) as count from mark_index'));
  }
  expect(counts).toEqual([30, 60, 90, 100].map((count) => ({ count })));
});
