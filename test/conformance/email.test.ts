// Every fault between the e-mail connector and a mail server: the outcome, and how many mails arrive in the end.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import email from '../../connectors/email/index.ts';
import type { MailFaults, MailSandbox } from '../../connectors/email/sandbox.ts';
import type { AttemptEnd } from '../../src/run/attempt.ts';
import { openRig, type CallOptions, type Rig } from './harness.ts';

const to = (...names: string[]) => names.map((name) => ({ address: `${name}@example.com` }));
const mail = (...names: string[]) => ({ to: to(...names), subject: 'Call summary', text: 'It went well.' });
const settings = { from: 'calls@example.com', timeoutMs: 300 };

interface Case {
  readonly title: string;
  readonly faults: Omit<MailFaults, 'recipients'> & { readonly recipient?: number };
  readonly expect: Partial<AttemptEnd> & { readonly code?: string; readonly effects: number };
}

const cases: Case[] = [
  { title: 'a mail arrives once', faults: {}, expect: { status: 'succeeded', effects: 1, sent: true } },
  {
    title: 'RCPT 550 is rejected',
    faults: { recipient: 550 },
    expect: { status: 'rejected', credentials: false, effects: 0 },
  },
  {
    title: 'RCPT 450 is tried again after the pause of a greylisting server',
    faults: { recipient: 450 },
    expect: { status: 'retryable', retryAfterMs: 300_000, code: '450', effects: 0 },
  },
  {
    title: 'RCPT 451 is tried again after the pause of a greylisting server',
    faults: { recipient: 451 },
    expect: { status: 'retryable', retryAfterMs: 300_000, code: '451', effects: 0 },
  },
  {
    title: 'RCPT 421 is tried again',
    faults: { recipient: 421 },
    expect: { status: 'retryable', retryAfterMs: null, code: '421', effects: 0 },
  },
  {
    title: 'RCPT 503 is tried again',
    faults: { recipient: 503 },
    expect: { status: 'retryable', retryAfterMs: null, code: '503', effects: 0 },
  },
  {
    title: 'RCPT 530 pauses the connection, for it wants a login',
    faults: { recipient: 530 },
    expect: { status: 'rejected', credentials: true, code: '530', effects: 0 },
  },
  { title: 'DATA 451 is tried again', faults: { data: 451 }, expect: { status: 'retryable', code: '451', effects: 0 } },
  {
    title: 'DATA 552 is rejected',
    faults: { data: 552 },
    expect: { status: 'rejected', credentials: false, effects: 0 },
  },
  {
    title: 'AUTH 535 pauses the connection',
    faults: { login: 535 },
    expect: { status: 'rejected', credentials: true, code: '535', effects: 0 },
  },
  {
    title: 'AUTH 454 is tried again',
    faults: { login: 454 },
    expect: { status: 'retryable', code: '454', effects: 0 },
  },
  { title: 'no greeting is tried again', faults: { greeting: 'silence' }, expect: { status: 'retryable', effects: 0 } },
  {
    title: 'a connection closed before the greeting is tried again',
    faults: { greeting: 'cut' },
    expect: { status: 'retryable', effects: 0 },
  },
  {
    title: 'silence before the message is tried again',
    faults: { silentSender: true },
    expect: { status: 'retryable', effects: 0 },
  },
  {
    title: 'silence after the message is in doubt',
    faults: { afterData: 'silence' },
    expect: { status: 'in_doubt', sent: true, effects: 1 },
  },
  {
    title: 'a connection cut after the message is in doubt',
    faults: { afterData: 'cut' },
    expect: { status: 'in_doubt', sent: true, effects: 1 },
  },
  {
    title: 'a connection cut before the message was kept is in doubt too',
    faults: { afterData: 'cut-before' },
    expect: { status: 'in_doubt', sent: true, effects: 0 },
  },
];

let rig: Rig;
let sandbox: MailSandbox;
beforeEach(async () => {
  rig = await openRig({ connector: email, settings });
  sandbox = rig.sandbox as MailSandbox;
});
afterEach(() => rig.close());

const envelopes = () => sandbox.list().map(({ fields }) => (fields['envelope'] as { to: string[] }).to.join());
const send = (input: unknown, options?: CallOptions) => rig.call('send', input, options);

describe('email send', () => {
  it.each(cases)('$title', async ({ faults: { recipient, ...faults }, expect: expected }) => {
    Object.assign(sandbox.faults, faults);
    if (recipient !== undefined) sandbox.faults.recipients.set('owner@example.com', recipient);
    const { outcome, effects } = await send(mail('owner'));
    const code = 'error' in outcome ? (outcome.error as { code?: string }).code : undefined;
    expect({ ...outcome, code, effects }).toMatchObject(expected);
    if (outcome.status !== 'succeeded') expect(JSON.stringify(outcome.error)).not.toContain('"pass"');
  });

  it('is tried again when nobody listens', async () => {
    await sandbox.close();
    const { outcome } = await send(mail('owner'));
    expect(outcome).toMatchObject({ status: 'retryable', error: { code: 'ESOCKET' } });
  });

  it('survives a kept connection that the server has closed, without a second mail', async () => {
    await send(mail('owner'));
    sandbox.cut();
    const { outcome, effects } = await send(mail('owner'));
    expect(['succeeded', 'retryable']).toContain(outcome.status);
    expect(effects).toBe(outcome.status === 'succeeded' ? 1 : 0);
  });
});

describe('email send to several', () => {
  it('succeeds when some are refused for good, and says who', async () => {
    sandbox.faults.recipients.set('gone@example.com', 550);
    const { outcome, effects } = await send(mail('first', 'gone', 'third'));
    expect(effects).toBe(2);
    expect(outcome).toMatchObject({
      status: 'succeeded',
      output: {
        accepted: ['first@example.com', 'third@example.com'],
        refused: [{ address: 'gone@example.com', reason: '550 not taken here' }],
      },
    });
  });

  it('is rejected when all are refused', async () => {
    for (const { address } of to('one', 'two')) sandbox.faults.recipients.set(address, 550);
    const { outcome, effects } = await send(mail('one', 'two'));
    expect([outcome.status, effects]).toEqual(['rejected', 0]);
  });

  it('mails a postponed one later, and nobody twice', async () => {
    sandbox.faults.recipients.set('grey@example.com', 450);
    sandbox.faults.recipients.set('gone@example.com', 550);
    const first = await send(mail('early', 'grey', 'gone', 'late'));
    expect(first).toMatchObject({ effects: 2, outcome: { status: 'retryable', retryAfterMs: 300_000 } });
    sandbox.faults.recipients.clear();
    const { progress } = first.outcome as { progress: unknown };
    const stored: unknown = JSON.parse(JSON.stringify(progress));
    const second = await send(mail('early', 'grey', 'gone', 'late'), { number: 2, progress: stored });
    expect(second).toMatchObject({
      effects: 1,
      outcome: {
        status: 'succeeded',
        output: {
          accepted: ['early@example.com', 'late@example.com', 'grey@example.com'],
          refused: [{ address: 'gone@example.com' }],
        },
      },
    });
    expect(envelopes().at(-1)).toBe('grey@example.com');
  });

  it('would mail them twice without the progress', async () => {
    sandbox.faults.recipients.set('grey@example.com', 450);
    await send(mail('early', 'grey'));
    sandbox.faults.recipients.clear();
    expect((await send(mail('early', 'grey'), { number: 2 })).effects).toBe(2);
  });

  it('names the one in doubt and those not tried, and repeats only these', async () => {
    Object.assign(sandbox.faults, { afterData: 'silence', only: 'doubt@example.com' });
    const { outcome, effects } = await send(mail('sure', 'doubt', 'untried'));
    expect([outcome.status, effects]).toEqual(['in_doubt', 2]);
    expect((outcome as { error: Error }).error.message).toMatch(
      /^mail to doubt@.* \(not tried yet: untried@example\.com\)/,
    );
    delete sandbox.faults.afterData;
    const { progress } = outcome as { progress: unknown };
    expect(await send(mail('sure', 'doubt', 'untried'), { progress })).toMatchObject({
      effects: 2,
      outcome: { status: 'succeeded' },
    });
  });
});

describe('email send that is stopped', () => {
  it('keeps who was mailed when its time is over', async () => {
    sandbox.faults.recipients.set('second@example.com', 0);
    const { outcome, effects } = await send(mail('first', 'second'), { timeoutMs: 1500 });
    expect(effects).toBe(1);
    expect(outcome).toMatchObject({ status: 'retryable', progress: { accepted: ['first@example.com'] } });
  });

  it('is in doubt when stopped after the message left', async () => {
    sandbox.faults.afterData = 'silence';
    const { outcome } = await send(mail('first'), { timeoutMs: 1500 });
    expect(outcome).toMatchObject({ status: 'in_doubt', sent: true });
  });

  it('has sent nothing when stopped before the server spoke', async () => {
    sandbox.faults.greeting = 'silence';
    const stop = new AbortController();
    const ended = send(mail('first'), { stop: stop.signal });
    setTimeout(() => stop.abort(new Error('shutting down')), 50);
    const { outcome, effects } = await ended;
    expect([outcome.status, effects]).toEqual(['retryable', 0]);
  });
});
