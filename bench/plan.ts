// How long `hookline plan` takes for 10,000 stored events, the whole command from its start to its end, against a running server.

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import truedy from '../connectors/truedy/source.ts';
import { createId } from '../src/core/id.ts';
import { openSqliteStore } from '../src/store/sqlite/open.ts';
import { median } from './load.ts';
import { startHookline } from './servers.ts';

const count = Number(process.argv[2] ?? 10_000);
const rounds = Number(process.argv[3] ?? 3);
const example = readFileSync(new URL('../workflows.example.yaml', import.meta.url), 'utf8');
const changed = example.replace('Call summary (', 'Summary of a call (').replace('!= "unjoined"', '!= "timeout"');
if (changed === example) throw new Error('the example no longer holds what this bench changes');

const dir = mkdtempSync(join(tmpdir(), 'hookline-bench-plan-'));
const bytes = await seed(join(dir, 'data'));
writeFileSync(join(dir, 'new.yaml'), changed);
const token = randomBytes(24).toString('hex');
const adminPort = String(await freePort());
const secrets = Object.fromEntries(
  [...example.matchAll(/secrets\.(\w+)/g)].map(([, name = '']) => [
    name,
    `whsec_${randomBytes(24).toString('base64')}`,
  ]),
);
const env = { ...secrets, DATA_DIR: join(dir, 'data'), ADMIN_PORT: adminPort, ADMIN_TOKEN: token };
const server = await startHookline(example, env);
try {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) times.push(await plan());
  const size = (bytes / 1024 / 1024).toFixed(0);
  console.log(
    `hookline plan --last ${count} (${size} MiB of bodies): median ${median(times).toFixed(2)} s of ${rounds} rounds (bar: 5 s for 10,000)`,
  );
} finally {
  await server.stop();
  rmSync(dir, { recursive: true, force: true });
}

/** Seconds. */
async function plan(): Promise<number> {
  const begun = performance.now();
  const main = fileURLToPath(new URL('../bin/hookline.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [main, 'plan', 'new.yaml', '--last', String(count)], {
    cwd: dir,
    env: { PATH: process.env['PATH'] ?? '', HOOKLINE_URL: `http://127.0.0.1:${adminPort}`, ADMIN_TOKEN: token },
  });
  const seconds = (performance.now() - begun) / 1000;
  if (!stdout.includes(`${count} events`)) throw new Error(stdout);
  return seconds;
}

/** Events that the example takes, planned already so that the server leaves them alone; returns the bytes of their bodies. */
async function seed(folder: string): Promise<number> {
  const store = await openSqliteStore({ dir: folder });
  const type = 'call.ended';
  const samples = Object.values(truedy.events[type]?.samples ?? {});
  let bytes = 0;
  for (let from = 0; from < count; from += 500) {
    const items = Array.from({ length: Math.min(500, count - from) }, (_, index) => {
      const number = from + index;
      const receivedAt = Date.UTC(2026, 0, 1) + number * 1000;
      const given = { id: `call-${number}`, at: new Date(receivedAt).toISOString() };
      const body = Buffer.from(JSON.stringify(samples[number % samples.length]?.(given)));
      bytes += body.length;
      const deliveryId = createId('dlv', receivedAt, randomBytes);
      const eventId = createId('evt', receivedAt, randomBytes);
      const fact = { source: 'truedy', type, key: `${type}:${number}`, rule: 'bench', time: given.at };
      return { deliveryId, eventId, ...fact, receivedAt, keepUntil: receivedAt + 1e12, headers: [], body };
    });
    await store.accept(items);
    await store.plan(items.map(({ eventId }) => ({ eventId, runs: [] })));
  }
  await store.close();
  return bytes;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}
