// A whole Hookline at its storage budget: senders are told to come again, it says so, and it goes on when there is room.

import { afterEach, expect, it } from 'vitest';
import { startRunning, token, type Running } from './app.ts';
import { readScrape } from './scrape.ts';

const calls = `
  calls:
    on: truedy:call.ended
    steps:
      - { uses: toys.call, with: { as: ok } }`;

let running: Running;
afterEach(() => running.stop());

const act = async (path: string) => {
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  return (await fetch(running.app.adminUrl + path, { method: 'POST', headers, body: '{}' })).status;
};

it('keeps what is held, answers 503 with the reason before the disk is full, and takes more when runs have ended', async () => {
  running = await startRunning(calls, { env: { STORAGE_BUDGET: '16MiB' } });
  expect(await act('/api/connections/toys/pause')).toBe(200);
  const summary = 'x'.repeat(900_000);
  let answer = await running.post(summary, 'call-0');
  for (let number = 1; answer.status === 204 && number < 40; number += 1)
    answer = await running.post(summary, `call-${number}`);
  expect(answer.status).toBe(503);
  expect(answer.headers.get('retry-after')).toBe('10');
  expect(await answer.json()).toMatchObject({ reason: 'store.full' });
  const ready = await fetch(`${running.app.url}/readyz`);
  expect(ready.status).toBe(503);
  expect(await ready.json()).toMatchObject({ store: 'the storage budget is used up by what must be kept' });
  const scrape = readScrape(await (await running.get('/metrics')).text());
  expect(scrape.sum('hookline_deliveries_total', { reason: 'store.full' })).toBe(1);
  expect(scrape.sum('hookline_storage_budget_bytes')).toBe(16 * 1024 * 1024);
  expect(await act('/api/connections/toys/resume')).toBe(200);
  await running.until((one) => one.kind === 'run' && one.status === 'succeeded');
  for (;;) {
    const again = await running.post('short', 'call-99');
    if (again.status === 204) break;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  expect((await fetch(`${running.app.url}/readyz`)).status).toBe(200);
});
