// The fault proxy does to a request what its faults say, and nothing to the others.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createAttempt, startFaultProxy, type Fault, type FaultProxy } from '../../src/plugin/testing.ts';

let applied: string[];
let proxy: FaultProxy;
let stop: () => Promise<void>;

beforeEach(async () => {
  applied = [];
  const target = createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8').on('data', (chunk: string) => (body += chunk));
    request.on('end', () => {
      applied.push(`${request.method} ${request.url} ${body}`);
      response.setHeader('x-host', request.headers.host ?? '');
      response.end('{"answer":"a rather long one"}');
    });
  });
  await new Promise<void>((resolve) => target.listen(0, '127.0.0.1', resolve));
  proxy = await startFaultProxy(`http://127.0.0.1:${(target.address() as AddressInfo).port}`);
  stop = async () => {
    await proxy.close();
    target.closeAllConnections();
    await new Promise((resolve) => target.close(resolve));
  };
});
afterEach(() => stop());

const post = (body = 'x') =>
  fetch(`${proxy.url}/a?b=1`, { method: 'POST', body, redirect: 'manual', signal: AbortSignal.timeout(300) });

/** What the client sees: a status with its body, or the name of the failure and where it came. */
async function seen(): Promise<string> {
  const response = await post().catch((error: unknown) => (error as Error).name);
  if (typeof response === 'string') return `no answer: ${response}`;
  return response.text().then(
    (text) => `${response.status} ${text.slice(0, 11)}`,
    (error: unknown) => `${response.status} then ${(error as Error).name}`,
  );
}

describe('startFaultProxy', () => {
  it('passes a request on as it is and keeps the Host of the client', async () => {
    const response = await post('hello');
    expect(response.headers.get('x-host')).toBe(proxy.host);
    expect(applied).toEqual(['POST /a?b=1 hello']);
    expect(proxy.seen[0]).toMatchObject({ method: 'POST', url: '/a?b=1', body: 'hello', forwarded: true });
  });

  const table: readonly [Fault, string, number][] = [
    [{ status: 429, headers: { 'retry-after': '7' }, body: 'slow' }, '429 slow', 0],
    [{ status: 503 }, '503 ', 0],
    ['html-200', '200 <!doctype h', 0],
    [{ redirect: 'http://127.0.0.1:9/' }, '302 ', 0],
    ['refuse', 'no answer: TypeError', 0],
    ['cut-before', 'no answer: TypeError', 0],
    ['cut-after', 'no answer: TypeError', 1],
    ['hang-headers', 'no answer: TimeoutError', 0],
    ['hang-body', '200 then TimeoutError', 1],
    ['cut-body', '200 then TypeError', 1],
  ];
  it.each(table)('answers %j with "%s" and %d effects, then works again', async (fault, expected, effects) => {
    proxy.fail(fault);
    expect(await seen()).toBe(expected);
    expect(applied).toHaveLength(effects);
    await proxy.heal();
    expect(await seen()).toBe('200 {"answer":"');
    expect(applied).toHaveLength(effects + 1);
  });

  it('queues faults, counts requests and takes only the requests a fault is meant for', async () => {
    proxy.fail({ status: 500 }, 2);
    proxy.fail({ status: 501 }, Number.POSITIVE_INFINITY, (request) => request.body === 'mine');
    const statuses: number[] = [];
    for (const body of ['a', 'b', 'c', 'mine', 'mine']) statuses.push((await post(body)).status);
    expect(statuses).toEqual([500, 500, 200, 501, 501]);
    expect(proxy.requests).toBe(5);
  });
});

it('creates an attempt with what a test overrides', () => {
  expect(createAttempt({ number: 3 })).toMatchObject({ number: 3, key: expect.stringMatching(/^[0-9a-f]{64}$/) });
});
