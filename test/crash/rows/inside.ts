// Rows: what goes wrong inside: the thread of the store ends, the clock jumps, the workflow file is broken.

import { randomUUID } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { judgeFolder, nothingSent, recoverAndJudge } from '../evidence.ts';
import { postCall } from '../hookline.ts';
import { startInside } from '../inside.ts';
import { startLoad } from '../load.ts';
import { withSetting, type Row } from '../row.ts';

const loseThread = fileURLToPath(new URL('../lose-thread.ts', import.meta.url));

export const thread: Row = {
  name: 'the thread of the store ends',
  says: 'The thread that owns the database is ended under load: the process says so and ends with code 1 instead of refusing everything for ever, and the next one goes on with everything acknowledged.',
  run: async () => {
    const lost = await underLoad('SIGUSR2');
    const stopped = await underLoad('SIGTERM');
    const wrong = [...lost.wrong];
    if (lost.ended !== 1) wrong.push(`I6: the process ended with ${lost.ended}`);
    return {
      figures: { 'acknowledged events': lost.acknowledged },
      wrong,
      control: { what: 'a process asked to stop does not end with code 1', failed: stopped.ended === 0 },
    };
  },
};

async function underLoad(signal: NodeJS.Signals) {
  return withSetting(async ({ folder, sink }) => {
    const sent = nothingSent();
    const hookline = await folder.start({ NODE_OPTIONS: `--import=${loseThread}` });
    const load = startLoad(hookline.url, sent, 4);
    while (sent.acknowledged.size < 20) await new Promise((resolve) => setTimeout(resolve, 10));
    hookline.kill(signal);
    const ended = await hookline.ended;
    await load.stop();
    return { ended, acknowledged: sent.acknowledged.size, wrong: await recoverAndJudge(folder, sent, sink) };
  });
}

const hour = 3_600_000;

export const clock: Row = {
  name: 'the clock jumps',
  says: 'The clock of a running process jumps two hours forward, one more, and five back while retries wait: nothing is sent twice, no retry becomes a storm or waits until the clock has come to its time again, and deliveries signed with another time are refused.',
  run: async () => {
    const jumping = await underClock([2 * hour, 3 * hour, -2 * hour]);
    const steady = await underClock([0, 0, 0]);
    const wrong = [...jumping.wrong];
    if (jumping.attempts > steady.attempts * 4 + 20) {
      wrong.push(`${jumping.attempts} attempts instead of about ${steady.attempts}`);
    }
    return {
      figures: { jumps: 3, 'refused as too old or too new': jumping.refused, attempts: jumping.attempts },
      wrong,
      control: {
        what: 'with a steady clock no signature is refused',
        failed: steady.refused === 0 && jumping.refused > 0,
      },
    };
  },
};

async function underClock(offsets: readonly number[]) {
  return withSetting(
    async ({ folder, sink, proxy }) => {
      const sent = nothingSent();
      let offset = 0;
      const now = () => Date.now() + offset;
      const inside = await startInside(folder, { clock: now, env: { CIRCUIT_AFTER: '1000' } });
      proxy.set({ is: 'refuse' });
      let refused = 0;
      const post = async (at: number) => {
        const call = randomUUID();
        sent.all.add(call);
        const status = await postCall(inside.app.url, call, at);
        if (status === 204) sent.acknowledged.add(call);
        return status;
      };
      for (const next of offsets) {
        await post(now());
        offset = next;
        // A sender whose clock has not jumped.
        if ((await post(Date.now())) === 401) refused += 1;
        await new Promise((resolve) => setTimeout(resolve, 400));
      }
      proxy.set({ is: 'pass' });
      await inside.atRest();
      const { items } = (await inside.api('/runs')) as { items: { id: string }[] };
      const runs = await Promise.all(items.map(({ id }) => inside.api(`/runs/${id}`)));
      const attempts = (runs as { attempts: unknown[] }[]).reduce((sum, run) => sum + run.attempts.length, 0);
      await inside.app.stop();
      return { refused, attempts, wrong: await judgeFolder(folder, sent, sink, inside.errors) };
    },
    { proxied: true },
  );
}

export const brokenFile: Row = {
  name: 'a broken workflow file while it runs',
  says: 'The workflow file is overwritten with a broken one under load: the last accepted one goes on, no event is refused or lost, and a good file is taken again.',
  run: async () => {
    const broken = await reload((text) => text.replaceAll('out.', 'gone.'));
    const good = await reload((text) => text.replaceAll('actions:', 'actions: '));
    const wrong = [...broken.wrong];
    if (broken.status !== 'refused') wrong.push(`the broken file is ${broken.status}`);
    if (broken.others > 0) wrong.push(`${broken.others} events were not acknowledged`);
    return {
      figures: { 'acknowledged events': broken.acknowledged },
      wrong,
      control: { what: 'a good file is not refused', failed: good.status !== 'refused' },
    };
  },
};

async function reload(change: (text: string) => string) {
  return withSetting(async ({ folder, sink }) => {
    const sent = nothingSent();
    const inside = await startInside(folder);
    const load = startLoad(inside.app.url, sent, 4);
    while (sent.acknowledged.size < 10) await new Promise((resolve) => setTimeout(resolve, 10));
    const file = join(folder.dir, 'workflows.yaml');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const { status } = await inside.app.reload();
    const before = sent.acknowledged.size;
    while (sent.acknowledged.size < before + 10) await new Promise((resolve) => setTimeout(resolve, 10));
    await load.stop();
    const others = [...load.answers].reduce((sum, [answer, count]) => sum + (answer === 204 ? 0 : count), 0);
    await inside.atRest();
    await inside.app.stop();
    const expected = (line: string) => line.includes('is refused');
    const wrong = await judgeFolder(
      folder,
      sent,
      sink,
      inside.errors.filter((line) => !expected(line)),
    );
    return { status, others, acknowledged: sent.acknowledged.size, wrong };
  });
}
