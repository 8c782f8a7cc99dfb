// Load for the benchmarks: keep-alive connections that post signed events as fast as they are answered, or at a given rate.

import { createHmac, randomUUID } from 'node:crypto';
import { Pool } from 'undici';

export interface Load {
  readonly perSecond: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Answers other than the one expected. */
  readonly wrong: number;
}

export const benchSecret = 'whsec_0123456789abcdef0123456789abcdef';

/** A signed call.ended of about 700 bytes with an id of its own. */
export function signedEvent(id: string = randomUUID()): { body: string; headers: Record<string, string> } {
  const summary = 'The caller asked to move the appointment to Thursday. '.repeat(6);
  const call = {
    callId: id,
    duration: 142,
    endReason: 'hangup',
    summary,
    agent: { agentId: 'agent-7', name: 'Reception' },
  };
  const body = JSON.stringify({ event: 'call.ended', timestamp: new Date().toISOString(), data: { call } });
  const timestamp = String(Math.floor(Date.now() / 1000));
  const signature = createHmac('sha256', benchSecret).update(`${timestamp}.`).update(body).digest('hex');
  return {
    body,
    headers: { 'content-type': 'application/json', 'x-truedy-timestamp': timestamp, 'x-truedy-signature': signature },
  };
}

/** Posts from `connections` sockets for `durationMs`. */
export async function saturate(url: string, path: string, connections: number, durationMs: number): Promise<Load> {
  const pool = new Pool(url, { connections, pipelining: 1 });
  const times: number[] = [];
  let wrong = 0;
  const start = performance.now();
  const caller = async () => {
    while (performance.now() - start < durationMs) {
      const { body, headers } = signedEvent();
      const began = performance.now();
      const answer = await pool.request({ path, method: 'POST', headers, body });
      await answer.body.dump();
      times.push(performance.now() - began);
      if (answer.statusCode !== 204) wrong += 1;
    }
  };
  await Promise.all(Array.from({ length: connections }, caller));
  const seconds = (performance.now() - start) / 1000;
  await pool.close();
  return { perSecond: times.length / seconds, ...quantiles(times), wrong };
}

export function quantiles(times: number[]): { p50Ms: number; p99Ms: number } {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
  return { p50Ms: at(0.5), p99Ms: at(0.99) };
}

export const median = (values: readonly number[]): number => quantiles([...values]).p50Ms;
