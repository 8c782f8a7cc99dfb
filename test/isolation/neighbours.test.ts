import { describe, expect, it } from 'vitest';
import { startEngine, workflow, workflowsOf } from '../run/engine.ts';

/** Events for a workflow that never ends and one that ends at once; how many of each have come to what, when all has come to rest. */
async function interleave(neighbour: 'crm' | 'mail', count: number) {
  const silent = Promise.withResolvers<object>();
  const calls = { silent: 0, quick: 0 };
  const run = async () => {
    calls.silent += 1;
    return silent.promise;
  };
  const quick = async () => {
    calls.quick += 1;
    return {};
  };
  const engine = await startEngine(
    () =>
      workflowsOf(
        workflow('silent', [{ id: 'a', connection: 'crm', action: { run } }]),
        workflow('quick', [{ id: 'b', connection: neighbour, action: { run: quick } }]),
      ),
    { env: { CONCURRENCY: '2' } },
  );
  for (let sent = 0; sent < count; sent++) {
    const event = await engine.event();
    // One after the other, so that each finds the connection as the ones before left it.
    if (neighbour === 'mail') await engine.until(event, 'succeeded');
  }
  while ((await engine.store.stats()).events.pending > 0) await new Promise((resolve) => setImmediate(resolve));
  while (calls.silent < 2) await new Promise((resolve) => setImmediate(resolve));
  const { runs } = await engine.store.stats();
  const busy = engine.worker.active();
  const at = { ...calls };
  silent.resolve({});
  await engine.stop();
  return { calls: at, runs, busy };
}

describe('a connection that never answers', () => {
  it('takes no more than its own slots, and every run of its neighbour passes', async () => {
    const { calls, runs, busy } = await interleave('mail', 100);
    expect(calls).toEqual({ silent: 2, quick: 100 });
    expect(runs.succeeded).toBe(100);
    expect(runs.pending).toBe(98);
    // Waiting runs take no worker.
    expect(busy).toBe(2);
  });

  it('would stop what shared its slots', async () => {
    const { calls } = await interleave('crm', 20);
    expect(calls.silent).toBe(2);
    expect(calls.quick).toBeLessThan(20);
  });
});
