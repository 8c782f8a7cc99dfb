// `why` after the file has changed: it answers by the file that the event was matched with, even when its source is gone.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startApp, type App } from '../../src/app.ts';
import { events } from '../../src/cli/events.ts';
import { why } from '../../src/cli/why.ts';
import type { EventDetail } from '../../src/console/api/events.ts';
import { createLog, createRedactor } from '../../src/core/log.ts';
import { readSettings } from '../../src/core/settings.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { accept, id } from '../console/ledger.ts';
import { say } from './terminal.ts';

const file = (source: string, condition: string) => `version: 1
sources:
  ${source}: { uses: truedy, secrets: ["\${{ secrets.A }}"] }
connections:
  web: { uses: http, with: { baseUrl: https://api.example.com } }
workflows:
  long:
    on: "${source}:call.ended"
    if: ${condition}
    steps: [{ uses: web.request, with: { method: GET, path: /x } }]
`;
const token = 'a-token-of-the-tests-with-some-length';

let cwd: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-then-'));
});
afterAll(() => rm(cwd, { recursive: true }));

/** Resolves when the app has started; `planned` when it has matched the event. */
async function start(text: string): Promise<{ app: App; planned: Promise<void> }> {
  await writeFile(join(cwd, 'workflows.yaml'), text);
  const planned = Promise.withResolvers<void>();
  const app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0' }),
    dataDir: join(cwd, 'data'),
    file: join(cwd, 'workflows.yaml'),
    pluginsDir: join(cwd, 'plugins'),
    sandbox: true,
    secret: () => 'whsec_0123456789abcdef0123456789abcdef',
    adminToken: token,
    redactor: createRedactor(),
    log: createLog({ level: 'error', redactor: createRedactor(), destination: { write: () => undefined } }),
    clock: Date.now,
    notify: (happening) => {
      if (happening.kind === 'event') planned.resolve();
    },
    onProblems: (problems) => {
      throw new Error(problems[0]?.message);
    },
  });
  return { app, planned: planned.promise };
}

it('names the condition of then with the values of then', async () => {
  const store = await openSqliteStore({ dir: join(cwd, 'data') });
  const body = Buffer.from('{"event":"call.ended","data":{"call":{"callId":"c1","duration":12}}}');
  await accept(store, 1, { source: 'phone', body });
  await store.close();
  const first = await start(file('phone', 'event.data.call.duration > 60'));
  await first.planned;
  await first.app.stop();

  const { app } = await start(file('other', 'event.data.call.duration > 5'));
  const io = { cwd, env: { HOOKLINE_URL: app.adminUrl, ADMIN_TOKEN: token } };
  const asked = await say(why, [id('evt', 1)], io);
  const listed = await say(events, ['--untaken'], io);
  const shown = JSON.parse((await say(events, [id('evt', 1), '--json'], io)).out) as EventDetail;
  await app.stop();
  expect(shown.payload.data).toMatchObject({ call: { duration: 12 } });
  expect(asked.out).toContain('as it was then (');
  expect(asked.out).toContain('event.data.call.duration > 60  is false\n      event.data.call.duration  = 12');
  expect(listed.out).toContain('long: event.data.call.duration > 60 is false; event.data.call.duration = 12');
  expect(asked.out + listed.out).not.toContain('as it is now');
});
