// The HTTP connector under every fault: the outcome, and how many requests really took effect.

import { expect, it } from 'vitest';
import http from '../../connectors/http/index.ts';
import { startRecorder } from '../../src/connect/recorder.ts';
import type { StartSandbox } from '../../src/plugin/index.ts';
import type { Fault } from '../../src/plugin/testing.ts';
import { conformance, openRig, type ConformanceCase, type Rig } from './harness.ts';

const startSandbox: StartSandbox = async ({ now }) => {
  const recorder = await startRecorder({ now, redact: (value) => value });
  return { ...recorder, settings: { baseUrl: `http://${recorder.hosts[0]}/v1` } };
};

const options = {
  connector: http,
  startSandbox,
  settings: { auth: { kind: 'bearer', token: 'secret-token' } },
};

const cases = (
  input: Record<string, unknown>,
  rows: readonly [string, Fault | undefined, ConformanceCase['expect'], number?][],
): ConformanceCase[] =>
  rows.map(([title, fault, expected, timeoutMs]) => ({
    title,
    ...(fault === undefined ? {} : { fault }),
    action: 'request',
    input,
    expect: expected,
    timeoutMs: timeoutMs ?? 2000,
  }));

conformance(
  'http POST (once)',
  options,
  cases({ method: 'POST', path: '/notes', json: { a: 1 } }, [
    ['without a fault it succeeds', undefined, { status: 'succeeded', effects: 1, sent: true }],
    [
      '429 with Retry-After is retried then',
      { status: 429, headers: { 'retry-after': '7' } },
      { status: 'retryable', effects: 0, retryAfterMs: 7000 },
    ],
    ['429 without Retry-After is retried', { status: 429 }, { status: 'retryable', effects: 0, retryAfterMs: null }],
    ['503 is in doubt', { status: 503 }, { status: 'in_doubt', effects: 0, code: 'HTTP_503' }],
    ['a refused connection is retried', 'refuse', { status: 'retryable', effects: 0, sent: false }],
    ['a connection cut before apply is in doubt', 'cut-before', { status: 'in_doubt', effects: 0, sent: true }],
    ['a connection cut after apply is in doubt', 'cut-after', { status: 'in_doubt', effects: 1, sent: true }],
    ['no headers is in doubt', 'hang-headers', { status: 'in_doubt', effects: 0, sent: true }, 150],
    ['an unfinished body is in doubt', 'hang-body', { status: 'in_doubt', effects: 1, sent: true }, 150],
    ['a body cut off is in doubt', 'cut-body', { status: 'in_doubt', effects: 1, sent: true }],
    ['an HTML page is an answer like any other', 'html-200', { status: 'succeeded', effects: 0 }],
    [
      'a redirect 302 is in doubt',
      { redirect: 'http://127.0.0.1:9/' },
      { status: 'in_doubt', effects: 0, code: 'HTTP_302' },
    ],
    [
      'a redirect 308 is rejected',
      { status: 308, headers: { location: 'http://127.0.0.1:9/' } },
      { status: 'rejected', effects: 0, credentials: false, code: 'HTTP_308' },
    ],
    [
      '401 with our credentials stops the connection',
      { status: 401 },
      { status: 'rejected', effects: 0, credentials: true },
    ],
    ['403 is rejected', { status: 403 }, { status: 'rejected', effects: 0, credentials: false, code: 'HTTP_403' }],
    ['422 is rejected', { status: 422, body: 'no name' }, { status: 'rejected', effects: 0, credentials: false }],
    ['408 is retried', { status: 408 }, { status: 'retryable', effects: 0 }],
    ['425 is retried', { status: 425 }, { status: 'retryable', effects: 0 }],
    ['413 is rejected', { status: 413 }, { status: 'rejected', effects: 0, credentials: false }],
    [
      '413 with Retry-After is retried',
      { status: 413, headers: { 'retry-after': '1' } },
      { status: 'retryable', effects: 0, retryAfterMs: 1000 },
    ],
    ['500 is in doubt', { status: 500 }, { status: 'in_doubt', effects: 0 }],
  ]),
);

conformance(
  'http GET (repeatable)',
  options,
  cases({ method: 'GET', path: '/notes' }, [
    ['without a fault it succeeds', undefined, { status: 'succeeded', effects: 1 }],
    [
      '503 with Retry-After is retried then',
      { status: 503, headers: { 'retry-after': '3' } },
      { status: 'retryable', effects: 0, retryAfterMs: 3000 },
    ],
    ['a connection cut after apply is retried', 'cut-after', { status: 'retryable', effects: 1 }],
    ['a body cut off is retried', 'cut-body', { status: 'retryable', effects: 1 }],
    ['a refused connection is retried', 'refuse', { status: 'retryable', effects: 0, sent: false }],
    ['a redirect is rejected', { redirect: 'http://127.0.0.1:9/' }, { status: 'rejected', effects: 0 }],
  ]),
);

conformance(
  'http with expectJson',
  options,
  cases({ method: 'POST', path: '/notes', json: {}, expectJson: true }, [
    ['without a fault it succeeds', undefined, { status: 'succeeded', effects: 1 }],
    ['an HTML page is in doubt', 'html-200', { status: 'in_doubt', effects: 0 }],
  ]),
);

conformance(
  'http with okStatuses',
  options,
  cases({ method: 'POST', path: '/notes', json: {}, okStatuses: [409, 302] }, [
    ['409 succeeds', { status: 409 }, { status: 'succeeded', effects: 0 }],
    ['302 succeeds', { redirect: 'http://127.0.0.1:9/' }, { status: 'succeeded', effects: 0 }],
    ['422 is rejected', { status: 422 }, { status: 'rejected', effects: 0 }],
  ]),
);

it('sends the same key on every attempt of an idempotent request, and none otherwise', async () => {
  const rig: Rig = await openRig(options);
  try {
    const input = { method: 'POST', path: '/notes', json: {}, idempotent: true };
    rig.proxy.fail('cut-after');
    expect((await rig.call('request', input)).outcome.status).toBe('in_doubt');
    expect((await rig.call('request', input, { number: 2 })).outcome.status).toBe('succeeded');
    await rig.call('request', { method: 'POST', path: '/notes', json: {} });
    const keys = rig.proxy.seen.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['0123456789abcdef'.repeat(4), '0123456789abcdef'.repeat(4), undefined]);
  } finally {
    await rig.close();
  }
});

it('says that it was interrupted when it is stopped before anything is sent', async () => {
  const rig: Rig = await openRig(options);
  try {
    const stopped = { stop: AbortSignal.abort(new Error('shutdown')) };
    const { outcome, effects } = await rig.call('request', { method: 'POST', path: '/notes' }, stopped);
    expect([outcome.status, outcome.sent, effects]).toEqual(['interrupted', false, 0]);
  } finally {
    await rig.close();
  }
});
