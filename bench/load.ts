// Load for the benchmarks: keep-alive connections that post signed events as fast as they are answered.

import { createHmac, randomUUID } from 'node:crypto';
import { connect } from 'node:net';
import { setTimeout as wait } from 'node:timers/promises';
import { Pool } from 'undici';

export interface Load {
  readonly count: number;
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than the one expected. */
  readonly wrong: number;
}

export const benchSecret = 'whsec_0123456789abcdef0123456789abcdef';

/** A signed event of about 700 bytes with an id of its own. */
export function signedEvent(
  id: string = randomUUID(),
  type = 'call.ended',
): { body: string; headers: Record<string, string> } {
  const summary = 'The caller asked to move the appointment to Thursday. '.repeat(6);
  const call = {
    callId: id,
    duration: 142,
    endReason: 'hangup',
    summary,
    agent: { agentId: 'agent-7', name: 'Reception' },
  };
  const body = JSON.stringify({ event: type, timestamp: new Date().toISOString(), data: { call } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', benchSecret).update(`${timestamp}.`).update(body).digest('hex');
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-truedy-timestamp': timestamp, 'x-truedy-signature': signature },
  };
}

/** Whole requests, signed and made before the clock runs, each for one use: what is measured is the receiver, not its sender. */
export function prepareRequests(url: string, path: string, count: number): Buffer[] {
  const { host } = new URL(url);
  return Array.from({ length: count }, () => {
    const { body, headers } = signedEvent();
    const lines = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
    return Buffer.from(`POST ${path} HTTP/1.1\r\n${head}\r\n${body}`);
  });
}

export interface Saturate {
  readonly url: string;
  readonly connections: number;
  readonly durationMs: number;
  /** Taken from the end; the load is over early when none is left. */
  readonly requests: Buffer[];
}

/** Posts from keep-alive sockets, each sending the next request as soon as its last one is answered. */
export async function saturate({ url, connections, durationMs, requests }: Saturate): Promise<Load> {
  const times: number[] = [];
  let wrong = 0;
  const { hostname, port } = new URL(url);
  const start = performance.now();
  const caller = () =>
    new Promise<void>((resolve, reject) => {
      let began = 0;
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      const next = () => {
        const request = requests.pop();
        began = performance.now();
        if (request === undefined || began - start >= durationMs) socket.end();
        else socket.write(request);
      };
      socket.on('connect', next);
      socket.on('data', (chunk) => {
        // A 204 has no body and comes in one piece; whatever does not is counted as wrong.
        const whole = chunk.toString('latin1', chunk.length - 4) === '\r\n\r\n';
        if (!whole || chunk.toString('latin1', 9, 12) !== '204') wrong += 1;
        times.push(performance.now() - began);
        next();
      });
      socket.on('close', () => resolve());
      socket.on('error', reject);
    });
  await Promise.all(Array.from({ length: connections }, caller));
  const seconds = (performance.now() - start) / 1000;
  return { count: times.length, perSecond: times.length / seconds, ...quantiles(times), wrong };
}

/** Posts `perSecond` events of a type for `durationMs`, whether or not the ones before are answered. */
export async function pace(url: string, type: string, perSecond: number, durationMs: number): Promise<Load> {
  const pool = new Pool(url, { connections: 64 });
  const times: number[] = [];
  let wrong = 0;
  const send = async () => {
    const { body, headers } = signedEvent(randomUUID(), type);
    const began = performance.now();
    const answer = await pool.request({ path: '/webhooks/truedy', method: 'POST', headers, body });
    await answer.body.dump();
    times.push(performance.now() - began);
    if (answer.statusCode !== 204) wrong += 1;
  };
  const sent: Promise<void>[] = [];
  const start = performance.now();
  while (sent.length < (perSecond * durationMs) / 1000) {
    sent.push(send());
    await wait(Math.max(0, start + (sent.length * 1000) / perSecond - performance.now()));
  }
  await Promise.all(sent);
  await pool.close();
  return { count: times.length, perSecond, ...quantiles(times), wrong };
}

export function quantiles(times: number[]): { p50Ms: number; p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export const median = (values: readonly number[]): number => quantiles([...values]).p50Ms;
