// A delivery that is named like its event has no row of its own, whatever comes with it in a batch; and what a process has just
// received its claims do not read again.

import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { Client } from 'pg';
import { acceptFirst, acceptOnce, findAccepted } from '../../../src/store/postgres/accept.ts';
import { sqlOf, type Sql } from '../../../src/store/postgres/database.ts';
import { openPostgresStore } from '../../../src/store/postgres/open.ts';
import { createRecent } from '../../../src/store/postgres/recent.ts';
import type { AcceptDelivery, Store } from '../../../src/store/store.ts';
import { bytes, claimOne, delivery, makeId, newRun, start, update } from '../../contract/rows.ts';
import { createDatabase, type TestDatabase } from '../../postgres/database.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterEach(() => database.clear());
afterAll(() => database.drop());

async function open(): Promise<Store> {
  const store = await openPostgresStore({ url: database.url, clock: () => start });
  onTestFinished(() => store.close());
  return store;
}

/** Named as the receiver names them. */
function alike(given: Partial<AcceptDelivery> = {}): AcceptDelivery {
  const eventId = makeId('evt');
  return delivery({ eventId, deliveryId: `dlv${eventId.slice(3)}`, key: eventId, ...given });
}

async function connected(): Promise<Sql> {
  const client = new Client({ connectionString: database.url });
  await client.connect();
  onTestFinished(() => client.end());
  return sqlOf(client);
}

const rowsOf = (table: string) => database.query(`select id from hookline.${table} order by id`);

test('tells new ones, repeats of the batch and repeats of before apart in one batch', async () => {
  const store = await open();
  const before = alike();
  await store.accept([before]);
  const [first, expired] = [alike(), alike({ receivedAt: start - 100, keepUntil: start - 1 })];
  await store.accept([expired]);
  const batch = [
    alike({ key: before.key, body: bytes('another') }),
    first,
    alike({ key: first.key, body: first.body }),
    alike({ key: expired.key }),
    delivery(),
    alike(),
  ];
  const answers = await store.accept(batch);
  expect(
    answers.map((answer) => answer.ok && [answer.value.status, answer.value.eventId, answer.value.differs]),
  ).toEqual([
    ['duplicate', before.eventId, true],
    ['accepted', first.eventId, false],
    ['duplicate', first.eventId, false],
    ['accepted', batch[3]?.eventId, false],
    ['accepted', batch[4]?.eventId, false],
    ['accepted', batch[5]?.eventId, false],
  ]);
  const listed = await store.deliveries({}, { limit: 100 });
  expect(listed.map(({ id }) => id).sort()).toEqual([before, expired, ...batch].map((each) => each.deliveryId).sort());
  expect((await store.stats()).deliveries).toEqual({ accepted: 6, duplicate: 2, refused: 0 });
  // The first of each key stands in its event's row, but where its key was there before or its name is its own.
  expect(await rowsOf('deliveries')).toHaveLength(4);
});

test('finds what is stored of a batch whose answer was lost, whichever row tells of it', async () => {
  await open();
  const sql = await connected();
  const [together, apart, absent] = [alike(), delivery(), alike()];
  expect(await acceptFirst(sql, [together, apart])).toEqual([
    { status: 'accepted', eventId: together.eventId, differs: false },
    undefined,
  ]);
  const again = alike({ key: together.key });
  await acceptOnce(sql, [apart, again]);
  expect(await findAccepted(sql, [together, apart, again, absent])).toEqual([
    { status: 'accepted', eventId: together.eventId, differs: false },
    { status: 'accepted', eventId: apart.eventId, differs: false },
    { status: 'duplicate', eventId: together.eventId, differs: true },
    undefined,
  ]);
});

test('gives a claim the event as another process reads it', async () => {
  const [own, other] = [await open(), await open()];
  const item = alike({ key: 'a\0key', time: null });
  await own.accept([item]);
  const run = newRun(item.eventId);
  await own.plan([{ eventId: item.eventId, runs: [run], config: 'hash-1' }]);
  const claimed = await claimOne(own);
  expect(claimed?.event).toEqual(await other.event(item.eventId));
  expect(claimed?.event).toMatchObject({ status: 'matched', matched: [run.workflow], key: 'a\0key' });
});

test('forgets the jobs of runs that were given back, and passes over one that is left', async () => {
  const store = await open();
  const claim = async () => {
    const item = alike();
    await store.accept([item]);
    await store.plan([{ eventId: item.eventId, runs: [newRun(item.eventId)] }]);
    return claimOne(store);
  };
  const one = await claim();
  const jobs = () => database.query('select id from hookline_queue.job');
  expect(await jobs()).toHaveLength(1);
  const done = update(one.run, { status: 'succeeded', endedAt: start, dueAt: null });
  await store.record([{ runId: one.run.id, fence: one.fence, update: done, release: true }]);
  await vi.waitFor(async () => expect(await jobs()).toHaveLength(0), 10_000);
  const two = await claim();
  // As if this process had ended before it forgot the job, and the lease had lapsed.
  await database.query(`update hookline.runs set job = null, queue = null where id = '${two.run.id}';
    update hookline_queue.job set state = 'retry'`);
  await database.query(
    `update hookline.runs set owner = null, due_at = null, status = 'succeeded' where id = '${two.run.id}'`,
  );
  const three = await claim();
  expect(three.run.id).not.toBe(two.run.id);
  expect(await jobs()).toHaveLength(1);
});

test('remembers events that were planned here, as long as there is room', () => {
  const recent = createRecent(2000);
  const [one, two, elsewhere] = [alike(), alike(), alike()];
  const accepted = ({ eventId }: AcceptDelivery) =>
    ({ ok: true, value: { status: 'accepted', eventId, differs: false } }) as const;
  const add = (...items: readonly AcceptDelivery[]) => recent.received(items, items.map(accepted));
  const plan = (...items: readonly AcceptDelivery[]) => {
    const runs = items.map(({ eventId }) => ({ eventId, runs: [newRun(eventId)] }));
    recent.planned(
      runs,
      runs.map((item) => ({ runs: item.eventId === elsewhere.eventId ? [] : item.runs.map(({ id }) => id) })),
    );
  };
  add(one, two, elsewhere);
  expect(recent.find(one.eventId)).toBeUndefined();
  plan(one, two, elsewhere);
  expect([one, two, elsewhere].map(({ eventId }) => recent.find(eventId)?.id)).toEqual([
    one.eventId,
    two.eventId,
    undefined,
  ]);
  add(alike(), alike());
  expect(recent.find(one.eventId)).toBeUndefined();
  expect(recent.find(two.eventId)?.body).toBe(two.body);
});
