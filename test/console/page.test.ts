// How the console page is served: only the built files, under a strict policy, small and cached.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLedger, type Ledger } from './ledger.ts';

const script = `console.log(${JSON.stringify('x'.repeat(5000))});`;

let folder: string;
let ledger: Ledger;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hookline-page-'));
  mkdirSync(join(folder, 'dist/assets'), { recursive: true });
  writeFileSync(join(folder, 'secret.txt'), 'not for the page');
  writeFileSync(join(folder, 'dist/index.html'), '<!doctype html><title>Hookline</title>');
  writeFileSync(join(folder, 'dist/assets/main-abc.js'), script);
  ledger = await openLedger({ page: join(folder, 'dist') });
});
afterAll(async () => {
  await ledger.close();
  rmSync(folder, { recursive: true });
});

/** A request as it is written, which `fetch` would tidy up and unpack. */
function raw(path: string, headers: Record<string, string> = {}) {
  return new Promise<{ status: number; headers: Record<string, unknown>; body: Buffer }>((resolve, reject) => {
    const { hostname, port } = new URL(ledger.url);
    const sent = request({ hostname, port, path, headers }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(parts) }),
      );
    });
    sent.on('error', reject).end();
  });
}

describe('the page', () => {
  it('runs no foreign and no inline script, is in no frame, and makes no markup of text', async () => {
    for (const path of ['/', '/assets/main-abc.js']) {
      const { status, headers } = await raw(path);
      const policy = String(headers['content-security-policy']);
      const rules = new Map(policy.split('; ').map((rule) => [rule.split(' ')[0], rule.split(' ').slice(1)] as const));
      expect(status).toBe(200);
      expect(rules.get('default-src')).toEqual(["'none'"]);
      expect(rules.get('script-src')).toEqual(["'self'"]);
      expect(rules.get('connect-src')).toEqual(["'self'"]);
      expect(rules.get('frame-ancestors')).toEqual(["'none'"]);
      expect(rules.get('base-uri')).toEqual(["'none'"]);
      expect(rules.get('form-action')).toEqual(["'none'"]);
      expect(rules.get('require-trusted-types-for')).toEqual(["'script'"]);
      expect(policy).not.toMatch(/unsafe-(inline|eval)|https?:|\*|data:|blob:/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });

  it('is asked for anew each time, its named parts once', async () => {
    expect((await raw('/')).headers['cache-control']).toBe('no-store');
    const { headers } = await raw('/assets/main-abc.js');
    expect(headers['cache-control']).toContain('immutable');
    const again = await raw('/assets/main-abc.js', { 'if-none-match': String(headers['etag']) });
    expect([again.status, again.body.length]).toEqual([304, 0]);
    const other = await raw('/assets/main-abc.js', { 'if-none-match': '"another"' });
    expect([other.status, other.body.toString()]).toEqual([200, script]);
  });

  it('is packed for those who can unpack it', async () => {
    const packed = await raw('/assets/main-abc.js', { 'accept-encoding': 'br, gzip;q=0.8' });
    expect(packed.headers).toMatchObject({ 'content-encoding': 'gzip', vary: 'accept-encoding' });
    expect(packed.body.length).toBeLessThan(script.length / 10);
    const response = await fetch(`${ledger.url}/assets/main-abc.js`);
    expect(await response.text()).toBe(script);
    const plain = await raw('/assets/main-abc.js');
    expect([plain.headers['content-encoding'], plain.body.toString()]).toEqual([undefined, script]);
  });

  it.each([
    '/../secret.txt',
    '/assets/../../secret.txt',
    '/..%2fsecret.txt',
    '/%2e%2e/secret.txt',
    '/assets/%2e%2e%2f%2e%2e%2fsecret.txt',
    '/assets/..\\..\\secret.txt',
    '//secret.txt',
    '/assets/',
    '/assets',
    '/assets/main-abc.js%00',
    '/index.html',
  ])('is only its own files: not %s', async (path) => {
    const { status, body } = await raw(path);
    expect([400, 404]).toContain(status);
    expect(body.toString()).not.toContain('not for the page');
  });

  it('that is not built says how to build it, and the API works', async () => {
    const unbuilt = await openLedger({ page: join(folder, 'nothing') });
    const response = await fetch(`${unbuilt.url}/`);
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(await response.text()).toContain('npm run build');
    expect((await unbuilt.call('/api/events')).status).toBe(200);
    await unbuilt.close();
  });
});
