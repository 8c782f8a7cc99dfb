// What a person can change over the admin API, and how refusals are told.

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { holdRun, id, json, openLedger, type Ledger } from './ledger.ts';

let ledger: Ledger;
beforeAll(async () => {
  ledger = await openLedger();
  await holdRun(ledger.store);
});
afterEach(() => {
  ledger.asked.length = 0;
  ledger.logged.length = 0;
});
afterAll(() => ledger.close());

const run = id('run', 1);
const event = id('evt', 1);

describe('changes', () => {
  it.each([
    [`/api/runs/${run}/retry`, {}, ['retry', run, { latest: false }]],
    [`/api/runs/${run}/retry`, { latest: true }, ['retry', run, { latest: true }]],
    [`/api/runs/${run}/cancel`, {}, ['cancel', run]],
    [`/api/runs/${run}/resolve`, { happened: false }, ['resolve', run, undefined, { happened: false }]],
    [
      `/api/runs/${run}/resolve`,
      { happened: true, step: 'tell', output: { messageId: '<a@b>' } },
      ['resolve', run, 'tell', { happened: true, output: { messageId: '<a@b>' } }],
    ],
  ])('%s %j reaches the engine and answers with the run', async (path, body, asked) => {
    const { status, answer } = await ledger.call(path, json(body));
    expect([status, ledger.asked]).toEqual([200, [asked]]);
    expect(answer).toMatchObject({ id: run, steps: [{ id: 'log' }, { id: 'tell' }] });
  });

  it('replay an event as new runs, of one workflow when it is named', async () => {
    expect((await ledger.call(`/api/events/${event}/replay`, json({}))).answer).toEqual({
      runs: [id('run', 900), id('run', 901)],
    });
    await ledger.call(`/api/events/${event}/replay`, json({ workflow: 'call-summary' }));
    expect(ledger.asked).toEqual([
      ['replay', event, undefined],
      ['replay', event, 'call-summary'],
    ]);
  });

  it('pause and resume a connection, its name taken as it is', async () => {
    expect((await ledger.call('/api/connections/crm/pause', json({}))).answer).toMatchObject({ name: 'crm' });
    await ledger.call(`/api/connections/${encodeURIComponent('ops/slack')}/resume`, json({}));
    expect(ledger.asked).toEqual([
      ['pause', 'crm'],
      ['resume', 'ops/slack'],
    ]);
  });

  it('are written to the log with what they touched', async () => {
    await ledger.call(`/api/runs/${run}/cancel`, json({}));
    await ledger.call('/api/connections/crm/pause', json({}));
    expect(ledger.logged).toEqual([
      ['info', 'admin: cancel', { run }],
      ['info', 'admin: pause', { connection: 'crm' }],
    ]);
  });
});

describe('refusals of the engine', () => {
  let error: HostError;
  let refusing: Ledger;
  beforeAll(async () => {
    const refuse = async () => {
      throw error;
    };
    const operations = {
      retry: refuse,
      replay: refuse,
      resolve: refuse,
      cancel: refuse,
      pause: refuse,
      resume: refuse,
      pauseWorkflow: refuse,
      resumeWorkflow: refuse,
      check: refuse,
    };
    refusing = await openLedger({ operations });
  });
  afterAll(() => refusing.close());

  it.each([
    [new HostError('not.found', { what: 'run', id: run }), 404],
    [new HostError('state.conflict', { what: 'run', id: run, status: 'succeeded', why: 'it is final' }), 409],
    [new HostError('input.invalid', { what: 'field "id" is missing' }), 400],
    [new HostError('store.unavailable', { why: 'ENOSPC' }), 503],
  ])('%s keep their code, sentence and help', async (given, expected) => {
    error = given;
    for (const path of [`/api/runs/${run}/retry`, `/api/events/${event}/replay`, '/api/connections/crm/pause']) {
      const { status, answer } = await refusing.call(path, json({}));
      const { code, message, help } = given;
      expect([status, answer]).toEqual([expected, { error: { code, message, help } }]);
    }
    expect(refusing.logged).toEqual([]);
  });
});
