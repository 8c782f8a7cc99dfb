// What the soak sees of a process: memory, files, what it counts itself, and its heaps after each full collection.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

export interface Sample {
  readonly atMs: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Resident memory, and the part of it that is no file's. */
  readonly rssMb: number;
  readonly anonMb: number;
  readonly fileMb: number;
  readonly logMb: number;
}

/** Linux only. `dir` holds the folder `data`. */
export function sampleOf(pid: number, dir: string): Omit<Sample, 'atMs' | 'p50Ms' | 'p99Ms'> {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = (name: string) => Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1]);
  const size = (name: string) => {
    const file = join(dir, 'data', name);
    return existsSync(file) ? statSync(file).size / 1e6 : 0;
  };
  return {
    rssMb: (kib('VmRSS') * 1024) / 1e6,
    anonMb: (kib('RssAnon') * 1024) / 1e6,
    fileMb: size('hookline.db'),
    logMb: size('hookline.db-wal'),
  };
}

/** From `/metrics`: deliveries accepted, and runs that succeeded. */
export async function countersOf(admin: string): Promise<{ readonly accepted: number; readonly runs: number }> {
  const text = await (await fetch(`${admin}/metrics`)).text();
  const sum = (name: string, status: string) =>
    text
      .split('\n')
      .filter((line) => line.startsWith(`${name}{`) && line.includes(`status="${status}"`))
      .reduce((total, line) => total + Number(line.split(' ').at(-1)), 0);
  return { accepted: sum('hookline_deliveries_total', 'accepted'), runs: sum('hookline_runs_total', 'succeeded') };
}

/** Written in each thread after a full collection: nothing is forced, so nothing looks better than it is. */
const observer = `
import { appendFileSync } from 'node:fs';
import { constants, PerformanceObserver } from 'node:perf_hooks';
import { threadId } from 'node:worker_threads';
const note = () => {
  const { heapUsed } = process.memoryUsage();
  appendFileSync(FILE, JSON.stringify({ thread: threadId, at: Date.now(), heapUsed }) + '\\n');
};
const full = ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR;
new PerformanceObserver((list) => list.getEntries().some(full) && note()).observe({ entryTypes: ['gc'] });
`;

/** `NODE_OPTIONS` for a process whose collections are to be seen. */
export function observeCollections(dir: string): string {
  const text = observer.replace('FILE', JSON.stringify(join(dir, 'collections')));
  return `--import=data:text/javascript,${encodeURIComponent(text).replaceAll("'", '%27')}`;
}

export interface Heap {
  readonly thread: string;
  readonly count: number;
  readonly firstMb: number;
  readonly lastMb: number;
  readonly slopeMb: number;
}

/** Read now; the function returned tells each thread's heap from `fromMs` after `began` on. */
export function collections(dir: string): (fromMs: number, began: number) => readonly Heap[] {
  const file = join(dir, 'collections');
  const lines = existsSync(file) ? readFileSync(file, 'utf8').trim().split('\n') : [];
  const all = lines.map((line) => JSON.parse(line) as { thread: number; at: number; heapUsed: number });
  return (fromMs, began) => {
    const from = performance.timeOrigin + began + fromMs;
    const threads = new Set(all.map(({ thread }) => thread));
    return [...threads].flatMap((thread) => {
      const points = all
        .filter((one) => one.thread === thread && one.at >= from)
        .map((one) => [one.at / 3_600_000, one.heapUsed / 1e6] as const);
      const [first, last] = [points[0], points.at(-1)];
      if (first === undefined || last === undefined) return [];
      const name = thread === 0 ? 'the main thread' : `thread ${thread}`;
      return [{ thread: name, count: points.length, firstMb: first[1], lastMb: last[1], slopeMb: slope(points) }];
    });
  };
}

/** Least squares: how much the second grows when the first grows by one. */
export function slope(points: readonly (readonly [number, number])[]): number {
  const mean = (index: 0 | 1) => points.reduce((sum, point) => sum + point[index], 0) / points.length;
  const [x, y] = [mean(0), mean(1)];
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
}
