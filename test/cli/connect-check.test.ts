import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';

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

async function checked(env: Record<string, string>) {
  const url = await startService();
  const lines: string[] = [];
  const file = `version: 1
sources: { in: { uses: github, secrets: ["\${{ secrets.IN }}"] } }
connections:
  api:
    uses: http
    with: { baseUrl: "${url}", checkPath: /me, auth: { kind: bearer, token: "\${{ secrets.API_TOKEN }}" } }
workflows:
  w: { on: "in:push", steps: [{ uses: api.request, with: { method: GET, path: /x } }] }
`;
  const out = (line: string) => void lines.push(line);
  const io = { out, err: out, color: false, env: { ALLOW_PRIVATE: '127.0.0.1', ...env }, cwd: '/' };
  const exit = await check(['w.yaml', '--connect'], { ...io, read: async (_, shown) => ({ file: shown, text: file }) });
  return { exit, text: lines.join('\n') };
}

describe('hookline check --connect', () => {
  it('says that a connection works', async () => {
    const { exit, text } = await checked({ API_TOKEN: 'right-token' });
    expect(text).toContain('api  ✓ works');
    expect(exit).toBe(0);
  });

  it('says why one does not, without its secret', async () => {
    const { exit, text } = await checked({ API_TOKEN: 'wrong-token-1234' });
    expect(text).toContain('api  ✗ fails');
    expect(text).toContain('401');
    expect(text).not.toContain('wrong-token-1234');
    expect(exit).toBe(1);
  });

  it('says which secret is not set', async () => {
    const { exit, text } = await checked({});
    expect(text).toContain('API_TOKEN');
    expect(exit).toBe(1);
  });
});
