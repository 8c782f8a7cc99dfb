// The stream that tells open pages to read again.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createChanges, type Changes } from '../../src/console/api/changes.ts';
import { openLedger, token, type Ledger } from './ledger.ts';

let changes: Changes;
let ledger: Ledger;
beforeEach(async () => {
  changes = createChanges();
  ledger = await openLedger({ changes });
});
afterEach(() => ledger.close());

interface Listening {
  readonly status: number;
  readonly headers: Headers;
  /** Resolves when the text so far holds this; rejects at the end. */
  readonly until: (text: string) => Promise<string>;
  readonly ended: Promise<string>;
  readonly leave: () => void;
}

async function listen(): Promise<Listening> {
  const control = new AbortController();
  const response = await fetch(`${ledger.url}/api/changes`, {
    headers: { authorization: `Bearer ${token}` },
    signal: control.signal,
  });
  let text = '';
  const heard = new Set<() => void>();
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const part of response.body ?? []) {
      text += decoder.decode(part as Uint8Array, { stream: true });
      for (const hear of heard) hear();
    }
    return text;
  };
  const ended = read();
  ended.catch(() => undefined);
  const until = async (wanted: string) => {
    while (!text.includes(wanted)) {
      const next = Promise.withResolvers<void>();
      heard.add(next.resolve);
      await next.promise;
      heard.delete(next.resolve);
    }
    return text;
  };
  return { status: response.status, headers: response.headers, until, ended, leave: () => control.abort() };
}

const told = (text: string) => [...text.matchAll(/^data: (\d+)$/gm)].map(([, count]) => Number(count));

describe('the stream of changes', () => {
  it('tells many changes once, and one that comes later again', async () => {
    const page = await listen();
    expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/event-stream']);
    await page.until('retry: 2000');
    for (let number = 0; number < 500; number++) changes.tell();
    expect(told(await page.until('data: 500'))).toEqual([500]);
    changes.tell();
    expect(told(await page.until('data: 501'))).toEqual([500, 501]);
    page.leave();
  });

  it('tells every page', async () => {
    const pages = await Promise.all([listen(), listen(), listen()]);
    for (const page of pages) await page.until('retry: 2000');
    changes.tell();
    for (const page of pages) await page.until('data: 1');
    for (const page of pages) page.leave();
  });

  it('ends when Hookline stops, and does not keep it from stopping', async () => {
    const page = await listen();
    await page.until('retry: 2000');
    await ledger.admin.stop();
    expect(await page.ended).toContain('retry: 2000');
  });

  it('refuses one page too many, and takes it when another has left', async () => {
    const pages = await Promise.all(Array.from({ length: 200 }, () => listen()));
    expect(new Set(pages.map(({ status }) => status))).toEqual(new Set([200]));
    const extra = await listen();
    expect([extra.status, extra.headers.get('retry-after')]).toEqual([503, '5']);
    pages[0]?.leave();
    await expect
      .poll(async () => {
        const next = await listen();
        next.leave();
        return next.status;
      })
      .toBe(200);
    for (const page of pages) page.leave();
  });

  it('is for those who may look', async () => {
    expect((await fetch(`${ledger.url}/api/changes`)).status).toBe(401);
  });
});

it('is told once more a while after the last change, for what was written late', async () => {
  const told: number[] = [];
  const twice = Promise.withResolvers<void>();
  const stop = changes.watch((count) => {
    told.push(count);
    if (told.length === 2) twice.resolve();
  });
  changes.tell();
  changes.tell();
  await twice.promise;
  stop();
  expect(told).toEqual([2, 2]);
});
