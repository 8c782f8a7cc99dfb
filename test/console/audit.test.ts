// Who did what: every change is recorded with who asked and whether it was done, and looking is not.

import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditAnswer } from '../../src/console/api/audit.ts';
import { holdRun, id, json, openLedger, start, token, type Ledger } from './ledger.ts';

const viewerToken = 'another-token-that-may-only-look-at-it';
const run = id('run', 1);

let ledger: Ledger;
beforeAll(async () => {
  // Ids begin with their time, and the list is by id.
  let now = start;
  ledger = await openLedger({ viewerToken, clock: () => (now += 1000) });
  await holdRun(ledger.store);
});
afterAll(() => ledger.close());

const audits = async (): Promise<AuditAnswer['items']> =>
  ((await ledger.call('/api/audit?limit=200')).answer as AuditAnswer).items;
/** What is recorded by this; the record is written after the answer. */
async function recordedBy(work: () => Promise<unknown>, rows: number): Promise<readonly unknown[]> {
  const before = (await audits()).length;
  await work();
  await expect.poll(async () => (await audits()).length).toBe(before + rows);
  const found = (await audits()).slice(0, rows);
  return found.map(({ role, action, target, ok }) => [role, action, target, ok]);
}

describe('a change is recorded', () => {
  it.each([
    [`/api/runs/${run}/retry`, {}, 'runs/retry', run, true],
    [`/api/runs/${run}/cancel`, {}, 'runs/cancel', run, true],
    [`/api/runs/${run}/resolve`, { happened: false }, 'runs/resolve', run, true],
    [`/api/events/${id('evt', 1)}/replay`, {}, 'events/replay', id('evt', 1), true],
    ['/api/connections/crm/pause', {}, 'connections/pause', 'crm', true],
    ['/api/connections/crm/resume', {}, 'connections/resume', 'crm', true],
    ['/api/connections/crm/check', {}, 'connections/check', 'crm', true],
    ['/api/workflows/call-summary/pause', {}, 'workflows/pause', 'call-summary', true],
    ['/api/workflows/call-summary/resume', {}, 'workflows/resume', 'call-summary', true],
    ['/api/bulk', { action: 'retry', filter: {}, confirm: 7 }, 'bulk', '', false],
    ['/api/bulk/stop', {}, 'bulk/stop', '', true],
    ['/api/reload', {}, 'reload', '', false],
    [`/api/runs/${run}/resolve`, { happened: 1 }, 'runs/resolve', run, false],
  ])('%s %j', async (path, body, action, target, ok) => {
    const found = await recordedBy(() => ledger.call(path, json(body)), 1);
    expect(found).toEqual([['operator', action, target, ok]]);
  });

  it('with the address that asked, and without the token', async () => {
    const [newest] = await audits();
    expect(newest?.from).toBe('127.0.0.1');
    expect(JSON.stringify(await audits())).not.toContain(token);
  });
});

describe('nothing is recorded', () => {
  it('of reads, of what only looks, of strangers and of what a viewer may not do', async () => {
    const headers = { authorization: `Bearer ${viewerToken}`, 'content-type': 'application/json' };
    const looks = async () => {
      await ledger.call('/api/events');
      await ledger.call(`/api/runs/${run}`);
      await ledger.call('/api/bulk/count', json({ filter: {} }));
      await ledger.call('/api/connections/crm/pause', { ...json({}), headers: { authorization: 'Bearer wrong' } });
      await ledger.call('/api/connections/crm/pause', { ...json({}), headers });
      // Recorded, so that whatever came before it would be there by now.
      await ledger.call('/api/connections/mail/pause', json({}));
    };
    expect(await recordedBy(looks, 1)).toEqual([['operator', 'connections/pause', 'mail', true]]);
  });
});

it('a store that cannot record it is told to the log, and the change stands', async () => {
  const broken = await openLedger();
  const audit = () => Promise.reject(new Error('disk full'));
  const failing = await openLedger({ store: { ...broken.store, audit } });
  expect((await failing.call('/api/connections/crm/pause', json({}))).status).toBe(200);
  await expect.poll(() => failing.logged.map(([level]) => level)).toContain('error');
  expect(failing.asked).toEqual([['pause', 'crm']]);
  await failing.close();
  await broken.close();
});
