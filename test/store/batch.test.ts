// The batcher: order, gathering and failure.

import { expect, test } from 'vitest';
import { createBatcher } from '../../src/store/batch.ts';

/** A batcher whose batches are settled by hand. */
function handBatcher(maxItems = 100) {
  const batches: { items: readonly number[]; finish: (results?: readonly string[]) => void; fail: () => void }[] = [];
  let arrived = Promise.withResolvers<void>();
  const batcher = createBatcher<number, string>({
    maxItems,
    run: (items) =>
      new Promise((resolve, reject) => {
        batches.push({
          items,
          finish: (results = items.map(String)) => resolve(results),
          fail: () => reject(new Error('disk full')),
        });
        arrived.resolve();
        arrived = Promise.withResolvers();
      }),
  });
  const batch = async (index: number) => {
    while (batches.length <= index) await arrived.promise;
    const found = batches[index];
    if (found === undefined) throw new Error('no such batch');
    return found;
  };
  return { add: (item: number) => batcher.add(item), batch, count: () => batches.length };
}

test('makes one batch of the calls of one burst', async () => {
  const { add, batch, count } = handBatcher();
  const answers = Promise.all([add(1), add(2), add(3)]);
  const first = await batch(0);
  expect(first.items).toEqual([1, 2, 3]);
  first.finish();
  expect(await answers).toEqual(['1', '2', '3']);
  expect(count()).toBe(1);
});

test('gathers what arrives while a batch is written, and never writes two at once', async () => {
  const { add, batch, count } = handBatcher();
  const one = add(1);
  const first = await batch(0);
  const rest = Promise.all([add(2), add(3)]);
  await new Promise((resolve) => setImmediate(resolve));
  expect(count()).toBe(1);
  first.finish();
  expect(await one).toBe('1');
  const second = await batch(1);
  expect(second.items).toEqual([2, 3]);
  second.finish();
  expect(await rest).toEqual(['2', '3']);
});

test('splits a long queue and keeps the order of the calls', async () => {
  const { add, batch } = handBatcher(2);
  const answers = Promise.all([1, 2, 3, 4, 5].map((item) => add(item)));
  const sizes = [];
  for (let index = 0; index < 3; index++) {
    const next = await batch(index);
    sizes.push(next.items);
    next.finish();
  }
  expect(sizes).toEqual([[1, 2], [3, 4], [5]]);
  expect(await answers).toEqual(['1', '2', '3', '4', '5']);
});

test('fails the calls of a failed batch alone, and goes on', async () => {
  const { add, batch } = handBatcher(2);
  const settled = Promise.allSettled([add(1), add(2), add(3)]);
  (await batch(0)).fail();
  (await batch(1)).finish();
  expect((await settled).map(({ status }) => status)).toEqual(['rejected', 'rejected', 'fulfilled']);
  const later = add(4);
  (await batch(2)).finish();
  expect(await later).toBe('4');
});

test('refuses results that do not fit the batch', async () => {
  const { add, batch } = handBatcher();
  const settled = Promise.allSettled([add(1), add(2)]);
  (await batch(0)).finish(['1']);
  expect(await settled).toMatchObject([{ status: 'rejected' }, { status: 'rejected' }]);
});

test('fails the batch when the write throws at once', async () => {
  const batcher = createBatcher<number, number>({
    maxItems: 10,
    run: () => {
      throw new Error('closed');
    },
  });
  await expect(batcher.add(1)).rejects.toThrow('closed');
  await expect(batcher.add(2)).rejects.toThrow('closed');
});
