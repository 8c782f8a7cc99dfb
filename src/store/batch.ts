// Group commit above the port: while one batch is being written, the calls that arrive gather for the next.

export interface Batcher<Item, Result> {
  /** Settles with this item's result; rejects when its batch did. */
  add(item: Item): Promise<Result>;
}

export interface BatcherOptions<Item, Result> {
  /** Gives one result for each item, in their order. */
  readonly run: (items: readonly Item[]) => Promise<readonly Result[]>;
  readonly maxItems: number;
  /** Batches under way at the same time; default 1. A store that groups them itself is then never without work. */
  readonly parallel?: number;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/** Batches begin in the order of the calls. One that fails does not stop the next. */
export function createBatcher<Item, Result>(options: BatcherOptions<Item, Result>): Batcher<Item, Result> {
  const { run, maxItems, parallel = 1 } = options;
  let waiting: Waiting<Item, Result>[] = [];
  let running = 0;
  let asked = false;

  const flush = () => {
    asked = false;
    while (waiting.length > 0 && running < parallel) {
      const batch = waiting.slice(0, maxItems);
      waiting = waiting.slice(maxItems);
      running += 1;
      void runBatch(run, batch).finally(() => {
        running -= 1;
        flush();
      });
    }
  };

  return {
    add: (item) =>
      new Promise((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        if (asked || running >= parallel) return;
        asked = true;
        // After the sockets that are readable now have been read, so that one burst is one batch.
        setImmediate(flush);
      }),
  };
}

async function runBatch<Item, Result>(
  run: BatcherOptions<Item, Result>['run'],
  batch: readonly Waiting<Item, Result>[],
): Promise<void> {
  try {
    const results = await run(batch.map(({ item }) => item));
    if (results.length !== batch.length) {
      throw new Error(`a batch of ${batch.length} came back with ${results.length} results`);
    }
    for (const [index, { resolve }] of batch.entries()) resolve(results[index] as Result);
  } catch (error) {
    for (const { reject } of batch) reject(error);
  }
}
