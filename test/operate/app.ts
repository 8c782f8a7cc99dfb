// A whole Hookline inside the test: real receiver, store, engine and admin listener, with a connector that the test plays.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import source from '../../connectors/truedy/source.ts';
import { startApp, type App, type AppOptions } from '../../src/app.ts';
import { createRedactor, type Log } from '../../src/core/log.ts';
import type { Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { signRequest } from '../../src/plugin/signature.ts';

export const token = 'a-token-of-the-tests-with-some-length';
const secret = 'whsec_0123456789abcdef0123456789abcdef';

/** Ends as the input says: `ok`, or the name of an error; `hang` never ends. */
const toy = `
import { ConnectionError, defineAction, defineConnector, PermanentError, RetryableError, UnknownOutcomeError } from 'hookline/plugin';
const errors = { rejected: PermanentError, retryable: RetryableError, doubt: UnknownOutcomeError, credentials: ConnectionError };
const call = defineAction({
  description: 'Ends as it is told.',
  input: { type: 'object', properties: { as: { type: 'string' } }, required: ['as'] },
  output: { type: 'object', properties: { as: { type: 'string' } }, required: ['as'] },
  effect: 'once',
  run: async (_client, { as }) => {
    if (as in errors) throw new errors[as]('it was told to end as ' + as);
    return { as };
  },
});
const ask = defineAction({
  description: 'Asks an address.',
  input: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  output: { type: 'object', properties: { status: { type: 'integer' } }, required: ['status'] },
  effect: 'repeatable',
  run: async ({ fetch }, { url }) => ({ status: (await fetch(url)).status }),
});
const connect = (_settings, { fetch }) => ({ fetch });
export default defineConnector({ name: 'toy', description: 'A toy.', settings: { type: 'object' }, connect, actions: { call, ask } });
`;

export interface Running {
  readonly app: App;
  readonly dir: string;
  /** Logged at error and warn. */
  readonly logged: string[];
  readonly happenings: Happening[];
  /** The first happening, past or future, that the test accepts. */
  until(accepts: (happening: Happening) => boolean): Promise<Happening>;
  /** Posts a signed call that ended, with this summary; `id` makes it the same event. */
  post(summary: string, id: string, path?: string, headers?: Record<string, string>): Promise<Response>;
  /** GET on the admin listener, with the token unless told otherwise. */
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  stop(): Promise<void>;
}

export interface StartRunning {
  readonly env?: Record<string, string>;
  readonly dir?: string;
  readonly options?: Partial<AppOptions>;
}

/** `workflows`: what stands below that key, indented by two. */
export async function startRunning(workflows: string, given: StartRunning = {}): Promise<Running> {
  const dir = given.dir ?? mkdtempSync(join(tmpdir(), 'hookline-operate-'));
  mkdirSync(join(dir, 'plugins'), { recursive: true });
  writeFileSync(join(dir, 'plugins', 'toy.ts'), toy);
  writeFileSync(join(dir, 'workflows.yaml'), fileOf(workflows));
  const happenings: Happening[] = [];
  const watchers = new Set<(happening: Happening) => void>();
  const logged: string[] = [];
  const app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0', RETRY_FIRST_DELAY: '20ms', ...given.env }),
    dataDir: join(dir, 'data'),
    file: join(dir, 'workflows.yaml'),
    pluginsDir: join(dir, 'plugins'),
    sandbox: false,
    secret: () => secret,
    adminToken: token,
    redactor: createRedactor(),
    log: recordingLog(logged),
    clock: Date.now,
    notify: (happening) => {
      happenings.push(happening);
      for (const watch of watchers) watch(happening);
    },
    onProblems: (problems) => logged.push(...problems.map(({ message }) => message)),
    ...given.options,
  });
  const until = (accepts: (happening: Happening) => boolean) => {
    const found = happenings.find(accepts);
    if (found) return Promise.resolve(found);
    return new Promise<Happening>((resolve) => {
      const watch = (happening: Happening) => {
        if (!accepts(happening)) return;
        watchers.delete(watch);
        resolve(happening);
      };
      watchers.add(watch);
    });
  };
  return {
    app,
    dir,
    logged,
    happenings,
    until,
    post: (summary, id, path = '/webhooks/truedy', headers = {}) => postCall(app.url + path, summary, id, headers),
    get: (path, headers = { authorization: `Bearer ${token}` }) => fetch(app.adminUrl + path, { headers }),
    stop: async () => {
      await app.stop();
      if (given.dir === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

export const fileOf = (workflows: string): string => `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  toys: { uses: toy }
  more: { uses: toy }
workflows:
${workflows}
`;

async function postCall(url: string, summary: string, id: string, more: Record<string, string>): Promise<Response> {
  const { scheme, events } = source;
  const made = events['call.ended']?.samples['nested']?.({ id, at: '2026-11-23T12:00:00.000Z' });
  const text = JSON.stringify(made).replace(/"summary":"[^"]*"/, `"summary":${JSON.stringify(summary)}`);
  if (typeof scheme !== 'object' || !text.includes(summary)) throw new Error('the sample is another one');
  const body = Buffer.from(text);
  const signed = signRequest(scheme, { body, secret, now: Date.now(), id, url: '/webhooks/truedy', method: 'POST' });
  return fetch(url, { method: 'POST', body, headers: { ...signed, ...more, 'content-type': 'application/json' } });
}

function recordingLog(logged: string[]): Log {
  const keep = (message: string, fields?: Record<string, unknown>) => {
    logged.push(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  };
  return { debug: () => undefined, info: () => undefined, warn: keep, error: keep };
}
