import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { checked } from './check-files.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A service that knows one token. */
async function startService(): Promise<string> {
  const server = createServer((request, response) => {
    response.writeHead(request.headers.authorization === 'Bearer right-token' ? 200 : 401).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function connected(env: Record<string, string>, ...args: readonly string[]) {
  const url = await startService();
  const file = `version: 1
sources: { in: { uses: github, secrets: ["\${{ secrets.IN }}"] } }
connections:
  api:
    uses: http
    with: { baseUrl: "${url}", checkPath: /me, auth: { kind: bearer, token: "\${{ secrets.API_TOKEN }}" } }
workflows:
  w: { on: "in:push", steps: [{ uses: api.request, with: { method: GET, path: /x } }] }
`;
  const given = { env: { ALLOW_PRIVATE: '127.0.0.1', ...env } };
  const said = await checked(['w.yaml', '--connect', ...args], { 'w.yaml': file }, given);
  return { exit: said.code, text: said.out + said.err };
}

describe('hookline check --connect', () => {
  it('says that a connection works', async () => {
    const { exit, text } = await connected({ API_TOKEN: 'right-token' });
    expect(text).toContain('api  ✓ works');
    expect(exit).toBe(0);
  });

  it('says why one does not, without its secret', async () => {
    const { exit, text } = await connected({ API_TOKEN: 'wrong-token-1234' });
    expect(text).toContain('api  ✗ fails');
    expect(text).toContain('401');
    expect(text).not.toContain('wrong-token-1234');
    expect(exit).toBe(1);
  });

  it('says which secret is not set', async () => {
    const { exit, text } = await connected({});
    expect(text).toContain('api  ✗ fails  secret "API_TOKEN" is not set or empty');
    expect(exit).toBe(1);
  });

  it('tells programs the same', async () => {
    const good = await connected({ API_TOKEN: 'right-token' }, '--json');
    expect(JSON.parse(good.text)).toMatchObject({ ok: true, connections: [{ name: 'api', works: true, why: null }] });
    const bad = await connected({ API_TOKEN: 'wrong-token-1234' }, '--json');
    expect(JSON.parse(bad.text)).toMatchObject({ ok: false, errors: 0, connections: [{ name: 'api', works: false }] });
    const told = await connected({ API_TOKEN: 'wrong-token-1234' }, '--format', 'github');
    expect(told.exit).toBe(1);
    expect(told.text).toMatch(/^::error title=connection api::.*401/m);
  });
});
