// Row: the process is killed at one system call after the other.

import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { judgeFolder, nothingSent, recoverAndJudge } from '../evidence.ts';
import { postCall } from '../hookline.ts';
import { many, withSetting, type Outcome, type Row, type Setting } from '../row.ts';

const calls = ['pwrite64', 'fsync', 'write', 'writev'] as const;
const events = 8;
/** Most of the time of one is spent waiting for the disk. */
const atOnce = 3;

interface Point {
  readonly call: (typeof calls)[number];
  readonly nth: number;
}

export const noStrace = async () =>
  spawnSync('strace', ['-V']).status === 0 ? null : 'strace is not installed, or may not be used here';

export const syscalls: Row = {
  name: 'kill -9 at a system call',
  says: 'The process is killed inside the n-th pwrite64, fsync, write or writev of one of its threads while it takes eight events and runs four workflows for each; then it is started again.',
  impossible: noStrace,
  run: async (size) => {
    const points = choose(await countCalls(), many(size, 4, 640));
    const wrong: string[] = [];
    let reached = 0;
    let acknowledged = 0;
    const open = points.values();
    const one = async () => {
      for (const point of open) {
        const found = await killAt(point);
        if (found.reached) reached += 1;
        acknowledged += found.acknowledged;
        wrong.push(...found.wrong.map((line) => `${point.call} ${point.nth}: ${line}`));
      }
    };
    await Promise.all(Array.from({ length: atOnce }, one));
    const figures = { points: points.length, reached, 'acknowledged events': acknowledged };
    if (reached < points.length / 2) wrong.push('too few of the points were reached to say anything');
    return { figures, wrong, control: await withoutLog() };
  },
};

/** How often one thread makes each call in a life without a fault. */
async function countCalls(): Promise<Map<Point['call'], number>> {
  return withSetting(async (setting) => {
    const file = join(setting.folder.dir, 'calls');
    await life(setting, ['strace', '-D', '-f', '--seccomp-bpf', '-e', `trace=${calls.join()}`, '-o', file]);
    const counts = new Map<string, number>();
    for (const line of readFileSync(file, 'utf8').split('\n')) {
      const [, thread, call] = /^(\d+) +(\w+)\(/.exec(line) ?? [];
      if (call !== undefined) counts.set(`${thread} ${call}`, (counts.get(`${thread} ${call}`) ?? 0) + 1);
    }
    const most = (call: string) =>
      Math.max(0, ...[...counts].filter(([name]) => name.endsWith(` ${call}`)).map(([, count]) => count));
    return new Map(calls.map((call) => [call, most(call)]));
  });
}

/** Every point, or as many as asked for, spread evenly over each call. */
function choose(counts: ReadonlyMap<Point['call'], number>, most: number): Point[] {
  const all = [...counts].flatMap(([call, count]) =>
    Array.from({ length: count }, (_, index): Point => ({ call, nth: index + 1 })),
  );
  const step = Math.max(1, all.length / most);
  return Array.from(
    { length: Math.floor(all.length / step) },
    (_, index) => all[Math.floor((index + 0.5) * step)],
  ).filter((point) => point !== undefined);
}

/** Eight events, one after the other, until the process ends or they are done. */
async function life({ folder }: Setting, under: readonly string[]) {
  const sent = nothingSent();
  const started = folder.spawn({}, under);
  const ready = await started.waitFor((line) => line.msg === 'Hookline is ready').catch(() => null);
  for (let count = 0; count < (ready === null ? 0 : events); count++) {
    const call = randomUUID();
    sent.all.add(call);
    if ((await postCall(String(ready?.['receiver']), call)) === 204) sent.acknowledged.add(call);
  }
  const settled = (line: { msg: string; status?: unknown }) => line.msg === 'run' && line.status === 'succeeded';
  if (ready !== null) await started.waitFor(settled).catch(() => null);
  started.kill('SIGTERM');
  return { sent, ended: await started.ended };
}

async function killAt({ call, nth }: Point) {
  return withSetting(async (setting) => {
    const inject = `inject=${call}:signal=KILL:when=${nth}`;
    const trace = ['strace', '-D', '-f', '-e', `trace=${call}`, '-e', inject, '-o', '/dev/null'];
    const { sent, ended } = await life(setting, trace);
    const wrong = await recoverAndJudge(setting.folder, sent, setting.sink);
    return { reached: ended === 'SIGKILL', acknowledged: sent.acknowledged.size, wrong };
  });
}

/** The log, thrown away after a kill, takes acknowledged events with it: the check must see that. */
async function withoutLog(): Promise<Outcome['control']> {
  return withSetting(async ({ folder, sink }) => {
    const sent = nothingSent();
    const hookline = await folder.start();
    for (let count = 0; count < events; count++) {
      const call = randomUUID();
      sent.all.add(call);
      if ((await postCall(hookline.url, call)) === 204) sent.acknowledged.add(call);
    }
    hookline.kill('SIGKILL');
    await hookline.ended;
    rmSync(join(folder.dataDir, 'hookline.db-wal'));
    const wrong = await judgeFolder(folder, sent, sink);
    return {
      what: 'the write-ahead log is thrown away after a kill',
      failed: wrong.some((line) => line.startsWith('I1')),
    };
  });
}
