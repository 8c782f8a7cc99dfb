// Rows: the disk is full while events arrive and while outcomes are written, and it fails to sync.

import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import { impossible, smallDisk, type SmallDisk } from '../disk.ts';
import { nothingSent, recoverAndJudge } from '../evidence.ts';
import { postCall, type Hookline } from '../hookline.ts';
import { sendAgain, startLoad } from '../load.ts';
import { withSetting, type Row } from '../row.ts';
import { noStrace } from './syscalls.ts';

const small = () => smallDisk(64);

export const fullIngest: Row = {
  name: 'disk full while events arrive',
  says: 'The file system of the store is filled while senders post: they are answered 503 and never 204 for what is not stored, readiness is red, and after space is made the same process takes everything again.',
  impossible: () => impossible(small),
  run: async () => {
    const full = await ingest((disk) => disk.fill(0));
    const roomy = await ingest(() => undefined);
    const wrong = [...full.wrong];
    if (full.refused === 0) wrong.push('nothing was refused');
    if (full.ready !== 503) wrong.push(`readiness answered ${full.ready} while the disk was full`);
    return {
      figures: {
        'refused with 503': full.refused,
        'acknowledged events': full.acknowledged,
        'ready again in ms': full.backMs,
      },
      wrong,
      control: { what: 'with space nothing is refused', failed: roomy.refused === 0 && roomy.ready === 200 },
    };
  },
};

async function ingest(spoil: (disk: SmallDisk) => void) {
  const disk = small();
  try {
    return await withSetting(
      async ({ folder, sink }) => {
        const sent = nothingSent();
        const hookline = await folder.start();
        const load = startLoad(hookline.url, sent, 4);
        await until(() => sent.acknowledged.size >= 20);
        spoil(disk);
        const posted = sent.all.size;
        await until(() => (load.answers.get(503) ?? 0) >= 20 || sent.all.size > posted + 200);
        const ready = await readiness(hookline);
        disk.empty();
        const began = Date.now();
        await until(async () => (await readiness(hookline)) === 200);
        const backMs = Date.now() - began;
        await load.stop();
        const refused = load.answers.get(503) ?? 0;
        const still = await sendAgain(hookline.url, sent);
        hookline.kill('SIGTERM');
        const ended = await hookline.ended;
        const wrong = [...(await recoverAndJudge(folder, sent, sink))];
        const others = [...load.answers].filter(([status]) => status !== 204 && status !== 503);
        if (others.length > 0) wrong.push(`answered ${JSON.stringify(others)}`);
        if (still > 0) wrong.push(`${still} events are refused with space`);
        if (ended !== 0) wrong.push(`I6: the stop ended with ${ended}`);
        return { wrong, refused, ready, backMs, acknowledged: sent.acknowledged.size };
      },
      { dataDir: join(disk.dir, 'data') },
    );
  } finally {
    disk.remove();
  }
}

const readiness = async ({ adminUrl }: Hookline) => (await fetch(`${adminUrl}/readyz`)).status;

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await holds())) await sleep(5);
}

export const fullOutcome: Row = {
  name: 'disk full while outcomes are written',
  says: 'The file system is filled while the vendor works on its answers: the outcomes wait for the store, and with the process killed meanwhile each of their attempts is in doubt and nothing is done twice.',
  impossible: () => impossible(small),
  run: async () => {
    const kept = await outcomes('space comes back');
    const killed = await outcomes('the process is killed');
    const wrong = [...kept.wrong, ...killed.wrong];
    if (kept.held > 0) wrong.push(`${kept.held} runs are in doubt although the process could write them later`);
    return {
      figures: { 'outcomes that waited': kept.effects, 'held in doubt after the kill': killed.held },
      wrong,
      control: {
        what: 'a kill meanwhile leaves doubts, a wait leaves none',
        failed: killed.held > 0 && kept.held === 0,
      },
    };
  },
};

async function outcomes(then: 'space comes back' | 'the process is killed') {
  const disk = small();
  try {
    return await withSetting(
      async ({ folder, sink }) => {
        const sent = nothingSent();
        sink.slow(1500);
        const hookline = await folder.start();
        for (let count = 0; count < 5; count++) {
          const call = randomUUID();
          sent.all.add(call);
          if ((await postCall(hookline.url, call)) === 204) sent.acknowledged.add(call);
        }
        await until(() => sink.requests.length === 10);
        disk.fill(0);
        await hookline.waitFor((line) => line.msg === 'a run waits for the store');
        if (then === 'the process is killed') hookline.kill('SIGKILL');
        disk.empty();
        sink.slow(0);
        if (then === 'space comes back') {
          await until(() => sink.requests.length === 10);
          await hookline.waitFor((line) => line.msg === 'run' && line['status'] === 'succeeded');
          hookline.kill('SIGTERM');
        }
        await hookline.ended;
        const wrong = await recoverAndJudge(folder, sent, sink);
        const inDoubt = await heldRuns(folder.dataDir);
        return { wrong, held: inDoubt, effects: sink.requests.length };
      },
      { dataDir: join(disk.dir, 'data'), actions: ['keyed', 'once'] },
    );
  } finally {
    disk.remove();
  }
}

async function heldRuns(dir: string): Promise<number> {
  const store = await openSqliteStore({ dir });
  const { runs } = await store.stats();
  await store.close();
  return runs.held;
}

export const syncError: Row = {
  name: 'fsync fails with EIO',
  says: 'Four fsync of the store in a row fail under load: their batches are answered 503 or wait, the database is closed and opened anew instead of being synced again, and nothing acknowledged is lost.',
  impossible: noStrace,
  run: async (size) => {
    const wrong: string[] = [];
    const moments = size === 'short' ? [45] : [45, 55, 65, 75, 85, 95];
    let refused = 0;
    let acknowledged = 0;
    for (const nth of moments) {
      const found = await failSync(`inject=fsync:error=EIO:when=${nth}..${nth + 3}`);
      refused += found.refused;
      acknowledged += found.acknowledged;
      wrong.push(...found.wrong.map((line) => `fsync ${nth}: ${line}`));
    }
    if (refused === 0) wrong.push('no fsync failed');
    const well = await failSync('inject=fsync:error=EIO:when=60000');
    return {
      figures: { failures: moments.length, 'refused with 503': refused, 'acknowledged events': acknowledged },
      wrong,
      control: { what: 'without the failure nothing is refused', failed: well.refused === 0 },
    };
  },
};

async function failSync(inject: string) {
  return withSetting(async ({ folder, sink }) => {
    const sent = nothingSent();
    const under = ['strace', '-D', '-f', '-e', 'trace=fsync', '-e', inject, '-o', '/dev/null'];
    const hookline = await folder.start({}, under);
    const load = startLoad(hookline.url, sent, 2);
    await until(() => sent.all.size >= 120);
    await load.stop();
    const still = await sendAgain(hookline.url, sent);
    hookline.kill('SIGTERM');
    await hookline.ended;
    const wrong = [...(await recoverAndJudge(folder, sent, sink))];
    if (still > 0) wrong.push(`${still} events are refused afterwards`);
    return { wrong, refused: load.answers.get(503) ?? 0, acknowledged: sent.acknowledged.size };
  });
}
