// Row: what comes back from a vendor is late, dripping, endless, cut or nothing at all.

import type { Mode } from '../../faults/proxy.ts';
import { judgeFolder, nothingSent } from '../evidence.ts';
import { postCall } from '../hookline.ts';
import { startInside, type Inside } from '../inside.ts';
import { withSetting, type Row, type Setting } from '../row.ts';

const modes: readonly Mode[] = [
  { is: 'slow', ms: 3000 },
  { is: 'drip', everyMs: 100 },
  { is: 'cut', afterBytes: 0 },
  { is: 'cut', afterBytes: 20 },
  { is: 'cut', afterBytes: 180 },
  { is: 'swallow' },
  { is: 'black hole' },
  { is: 'refuse' },
  { is: 'endless' },
];
const limitMs = 600;
const call = '22222222-2222-4333-8444-555555555555';

export const answers: Row = {
  name: 'slow, dripping, endless and cut answers of a vendor',
  says: 'A proxy before the vendor delays, drips, swallows or cuts the answer, never ends it, or refuses; each attempt ends at its own time limit, and when the vendor is well again everything but the held once action goes on.',
  run: async (size) => {
    const wrong: string[] = [];
    const chosen = size === 'short' ? modes.filter(({ is }) => is === 'drip' || is === 'endless') : modes;
    let longest = 0;
    let grown = 0;
    for (const mode of chosen) {
      const found = await under(mode);
      longest = Math.max(longest, found.longestMs);
      grown = Math.max(grown, found.grownBytes);
      const name = mode.is === 'cut' ? `cut after ${mode.afterBytes} bytes` : mode.is;
      wrong.push(...found.wrong.map((line) => `${name}: ${line}`));
      if (found.longestMs > limitMs + 5000) wrong.push(`${name}: an attempt took ${found.longestMs} ms`);
    }
    const well = await under({ is: 'pass' });
    return {
      figures: {
        'kinds of answer': chosen.length,
        'time limit in ms': limitMs,
        'longest attempt in ms': longest,
        'most memory gained in MB': Math.round(grown / 1e6),
      },
      wrong,
      control: { what: 'through an honest proxy no attempt fails', failed: well.failed === 0 },
    };
  },
};

interface Found {
  readonly wrong: readonly string[];
  readonly failed: number;
  readonly longestMs: number;
  readonly grownBytes: number;
}

async function under(mode: Mode): Promise<Found> {
  const before = process.memoryUsage.rss();
  const work = async ({ folder, sink, proxy }: Setting): Promise<Found> => {
    const sent = nothingSent();
    const inside = await startInside(folder, { env: { ATTEMPT_TIMEOUT: `${limitMs}ms` } });
    proxy.set(mode);
    sent.all.add(call);
    if ((await postCall(inside.app.url, call)) === 204) sent.acknowledged.add(call);
    await firstEnds(inside, mode.is === 'pass');
    const grownBytes = process.memoryUsage.rss() - before;
    proxy.set({ is: 'pass' });
    await inside.atRest();
    const ended = await attemptsOf(inside);
    await inside.app.stop();
    const wrong = await judgeFolder(folder, sent, sink, inside.errors.filter(unexpected));
    const longestMs = Math.max(0, ...ended.map(({ tookMs }) => tookMs));
    return { wrong, failed: ended.filter(({ status }) => status !== 'succeeded').length, longestMs, grownBytes };
  };
  return withSetting(work, { proxied: true });
}

/** Circuits open in this: that is told, and expected. */
const unexpected = (line: string) => !line.startsWith('connection');

interface Ended {
  readonly status: string;
  readonly tookMs: number;
}

async function attemptsOf(inside: Inside): Promise<readonly Ended[]> {
  const { items } = (await inside.api('/runs')) as { items: { id: string }[] };
  const runs = await Promise.all(items.map(({ id }) => inside.api(`/runs/${id}`)));
  return (runs as { attempts: { status: string; begunAt: string; endedAt: string | null }[] }[])
    .flatMap(({ attempts }) => attempts)
    .filter(({ endedAt }) => endedAt !== null)
    .map(({ status, begunAt, endedAt }) => ({ status, tookMs: Date.parse(endedAt ?? '') - Date.parse(begunAt) }));
}

/** Waits until each action has had an answer of this kind. */
async function firstEnds(inside: Inside, well: boolean): Promise<void> {
  for (;;) {
    const ended = await attemptsOf(inside);
    if (ended.length >= 4 && (well || ended.some(({ status }) => status !== 'succeeded'))) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
