// Several real processes on one database: one is killed, one stands still, and each run goes on exactly once.

import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, it, type ExpectStatic } from 'vitest';
import { createFolder, postCall, type Hookline, type Line } from '../../crash/hookline.ts';
import { sinkPlugin, sinkWorkflow } from '../../crash/sink.ts';
import { createDatabase } from '../../postgres/database.ts';
import { startHeldSink, type HeldSink } from './held-sink.ts';

interface Replicas {
  readonly sink: HeldSink;
  readonly replicas: readonly Hookline[];
}

/** Starts so many replicas of one workflow file on a database of their own, and ends them after the work. */
async function withReplicas(
  count: number,
  env: Record<string, string>,
  work: (given: Replicas) => Promise<void>,
  action: 'keyed' | 'once' = 'keyed',
) {
  const database = await createDatabase();
  const sink = await startHeldSink();
  const text = sinkWorkflow(sink, action);
  const folder = createFolder(text, { 'sink.ts': sinkPlugin });
  const start = () => folder.start({ DATABASE_URL: database.url, ATTEMPT_TIMEOUT: '60s', ...env });
  const replicas = await Promise.all(Array.from({ length: count }, start));
  try {
    await work({ sink, replicas });
  } finally {
    for (const replica of replicas) {
      replica.kill('SIGKILL');
      await replica.ended;
    }
    folder.remove();
    await sink.close();
    await database.drop();
  }
}

const post = (replica: Hookline) => postCall(replica.url, randomUUID());

/** The one that runs something, and the other. */
async function busyFirst([first, second]: readonly Hookline[]): Promise<readonly [Hookline, Hookline]> {
  if (!first || !second) throw new Error('two replicas were started');
  const { active } = (await first.api('/status')) as { active: number };
  return active > 0 ? [first, second] : [second, first];
}

async function runsOf(replica: Hookline) {
  const { items } = (await replica.api('/runs?limit=200')) as { items: { id: string; status: string }[] };
  return items;
}

interface Attempt {
  readonly status: string;
  readonly late: boolean;
}

async function attemptsOf(replica: Hookline, runId = '') {
  return ((await replica.api(`/runs/${runId}`)) as { attempts: Attempt[] }).attempts;
}

/** Asks until the answer is accepted. */
async function until<T>(ask: () => Promise<T>, accepts: (answer: T) => boolean): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (accepts(answer)) return answer;
    await wait(100);
  }
}

const succeeded = (line: Line) => line.msg === 'run' && line['status'] === 'succeeded';

describe.concurrent('replicas', { timeout: 120_000 }, () => {
  it('share the work: what one receives another runs, and keeps however long it takes', async ({ expect }) => {
    await withReplicas(2, { CONCURRENCY: '1' }, async ({ sink, replicas }) => {
      await post(replicas[0] as Hookline);
      await sink.arrived(1);
      const [busy, free] = await busyFirst(replicas);
      await post(busy);
      await sink.arrived(2);
      // Longer than a lease, which is renewed meanwhile.
      await wait(13_000);
      sink.open();
      await free.waitFor(succeeded);
      await busy.waitFor(succeeded);
      expect(sink.keys, 'neither took the run of the other').toHaveLength(2);
      const { ready } = (await free.api('/status')) as { ready: { detail: { replicas: string } } };
      expect(ready.detail.replicas).toBe('2, by the same workflow file');
      expect(await free.post('/connections/out/pause')).toBe(200);
      await busy.waitFor(({ msg }) => msg.startsWith('connection is paused'));
    });
  });

  it('take over the runs and the events of one that is killed under load', async ({ expect }) => {
    await withReplicas(3, {}, async ({ sink, replicas }) => {
      const [first, , third] = replicas as [Hookline, Hookline, Hookline];
      const answers = await Promise.all(replicas.flatMap((replica) => Array.from({ length: 20 }, () => post(replica))));
      expect(new Set(answers)).toEqual(new Set([204]));
      await sink.arrived(30);
      third.kill('SIGKILL');
      const killedAt = performance.now();
      await third.ended;
      sink.open();
      await until(
        () => runsOf(first),
        (runs) => runs.length === 60 && runs.every(({ status }) => status === 'succeeded'),
      );
      const tookMs = Math.round(performance.now() - killedAt);
      expect(new Set(sink.keys).size, `one effect for each event; it took ${tookMs} ms`).toBe(60);
    });
  });

  it('fence one that stood still beyond its lease: its late outcome is evidence and nothing else', async ({
    expect,
  }) => {
    await withReplicas(2, {}, async ({ sink, replicas }) => {
      await post(replicas[0] as Hookline);
      await sink.arrived(1);
      const [frozen, alive] = await busyFirst(replicas);
      frozen.kill('SIGSTOP');
      // The answer waits at the frozen process; the next owner asks again with the same key.
      sink.open();
      await alive.waitFor(succeeded);
      expectTwoOfOneKey(expect, sink);
      const [run] = await runsOf(alive);
      const before = await attemptsOf(alive, run?.id);
      expect(before).toMatchObject([{ status: 'in_doubt' }, { status: 'succeeded', late: false }]);
      frozen.kill('SIGCONT');
      const after = await until(
        () => attemptsOf(alive, run?.id),
        (attempts) => attempts[0]?.late === true,
      );
      expect(after).toMatchObject([{ status: 'succeeded' }, { status: 'succeeded', late: false }]);
      expect(await runsOf(alive)).toEqual([run]);
      expectTwoOfOneKey(expect, sink);
    });
  });

  it('learn from one that stood still what its call came to: the run that is held for it is done', async ({
    expect,
  }) => {
    const work = async ({ sink, replicas }: Replicas) => {
      await post(replicas[0] as Hookline);
      await sink.arrived(1);
      const [frozen, alive] = await busyFirst(replicas);
      frozen.kill('SIGSTOP');
      sink.open();
      await alive.waitFor(({ msg, status }) => msg === 'run' && status === 'held');
      const [held] = await runsOf(alive);
      expect(await attemptsOf(alive, held?.id)).toMatchObject([{ status: 'in_doubt', late: false }]);
      frozen.kill('SIGCONT');
      await until(
        () => runsOf(alive),
        (runs) => runs[0]?.status === 'succeeded',
      );
      expect(await attemptsOf(alive, held?.id)).toMatchObject([{ status: 'succeeded', late: true }]);
      expect(sink.keys, 'nobody called again').toHaveLength(1);
    };
    await withReplicas(2, {}, work, 'once');
  });
});

function expectTwoOfOneKey(expect: ExpectStatic, { keys }: HeldSink): void {
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
}
