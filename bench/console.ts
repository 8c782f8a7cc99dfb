// The console over a million events: how long lists take, how long a screen takes to be drawn, and what looking costs those who
// send. Give a number for fewer events.

import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { median, prepareRequests, quantiles, saturate, type Load } from './load.ts';
import { fillStore } from './million.ts';
import { startHookline } from './servers.ts';

const count = Number(process.argv[2] ?? 1_000_000);
const token = 'the-token-of-the-benchmarks-0123456789';
const dir = mkdtempSync(join(tmpdir(), 'hookline-million-'));
const filled = performance.now();
const middle = await fillStore(dir, count);
console.log(`${count.toLocaleString('en')} events written in ${((performance.now() - filled) / 1000).toFixed(0)} s`);

const server = await startHookline(
  `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  forward:
    on: truedy:call.failed
    steps:
      - uses: http.request
        with: { method: POST, url: "http://127.0.0.1:9/" }
`,
  { DATA_DIR: dir, ADMIN_TOKEN: token },
);
const get = async (path: string): Promise<string> => {
  const answer = await fetch(`${server.admin}/api${path}`, { headers: { authorization: `Bearer ${token}` } });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${path}: ${text}`);
  return text;
};

const from = new Date(middle.at - 3_600_000).toISOString();
const to = new Date(middle.at).toISOString();
const lists = [
  '/events',
  `/events?before=${middle.id}`,
  '/events?type=call.7',
  '/events?type=call.rare',
  '/events?status=ignored',
  '/events?status=ignored&reasons=true',
  '/events?type=call.rare&status=matched&source=shop',
  `/events?from=${from}&to=${to}`,
  `/events?id=${middle.id}`,
  `/events/${middle.id}`,
  '/runs',
  '/runs?status=failed',
  '/runs?reason=in_doubt',
  '/runs?workflow=forward&status=held',
  '/deliveries?status=refused',
  '/overview',
  '/attention',
  '/status',
];

/** Runs in the page. */
const drawn = `new Promise((resolve) => {
  performance.clearResourceTimings();
  location.hash = '#/events?limit=50';
  const look = () => {
    const asked = performance.getEntriesByType('resource').find(({ name }) => name.includes('/api/events'));
    if (!document.querySelector('tbody tr a') || !asked?.responseEnd) return requestAnimationFrame(look);
    requestAnimationFrame(() => resolve(performance.now() - asked.responseEnd));
  };
  look();
})`;

try {
  await api();
  await render();
  await accept();
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}

async function api(): Promise<void> {
  const rows = [];
  for (const path of lists) {
    const times: number[] = [];
    for (let call = 0; call < 20; call++) {
      const began = performance.now();
      await get(path);
      times.push(performance.now() - began);
    }
    const { p50Ms } = quantiles(times);
    rows.push({
      path: path.slice(0, 60),
      'median ms': p50Ms.toFixed(1),
      'most ms': Math.max(...times).toFixed(1),
      bar: '200 ms',
    });
  }
  console.table(rows);
}

/** From the answer of the API to the frame in which its rows stand on the screen. */
async function render(): Promise<void> {
  const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
  if (!existsSync(executablePath)) return console.log('no Chromium: nothing was drawn');
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu'] });
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 } });
  const headers = { 'x-hookline-console': '1', origin: server.admin };
  await context.request.post(`${server.admin}/api/session`, { headers, data: { token } });
  const page = await context.newPage();
  await page.goto(`${server.admin}/`);
  await page.getByRole('heading', { level: 1 }).waitFor();
  const times: number[] = [];
  for (let turn = 0; turn < 20; turn++) {
    await page.goto(`${server.admin}/#/workflows`);
    await page.getByRole('heading', { name: 'Workflows' }).waitFor();
    times.push(await page.evaluate<number>(drawn));
  }
  const { p50Ms } = quantiles(times);
  console.table([
    {
      screen: 'events, 50 rows',
      'median ms': p50Ms.toFixed(1),
      'most ms': Math.max(...times).toFixed(1),
      bar: '100 ms',
    },
  ]);
  return browser.close();
}

async function accept(): Promise<void> {
  const loads: Record<'alone' | 'looked at', Load[]> = { alone: [], 'looked at': [] };
  await round();
  for (let turn = 0; turn < 5; turn++) {
    loads.alone.push(await round());
    const enough = new AbortController();
    const people = Array.from({ length: 4 }, async () => {
      // A person's page asks anew a few times a second; counting everything is the heaviest that can be asked.
      for (let call = 0; !enough.signal.aborted; call++) {
        await get(['/events', '/overview', '/runs?status=failed', '/status'][call % 4] ?? '');
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
    });
    loads['looked at'].push(await round());
    enough.abort();
    await Promise.all(people);
  }
  console.table(
    Object.entries(loads).map(([name, all]) => ({
      accepting: name,
      'events/s': Math.round(median(all.map(({ perSecond }) => perSecond))),
      'p50 ms': median(all.map(({ p50Ms }) => p50Ms)).toFixed(2),
      'p99 ms': median(all.map(({ p99Ms }) => p99Ms)).toFixed(2),
      'not 204': all.reduce((sum, { wrong }) => sum + wrong, 0),
    })),
  );
}

/** Four senders, so that what is measured is waiting for an answer and not for the processor. */
function round(): Promise<Load> {
  const durationMs = 3000;
  const requests = prepareRequests(server.url, '/webhooks/truedy', durationMs * 6);
  return saturate({ url: server.url, connections: 4, durationMs, requests });
}
