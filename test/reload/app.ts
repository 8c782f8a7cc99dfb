// A whole Hookline whose workflow file the test changes, with a connector that says when it is opened, called and closed.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import source from '../../connectors/truedy/source.ts';
import { startApp, type App, type AppOptions } from '../../src/app.ts';
import { HostError } from '../../src/core/errors.ts';
import { createRedactor } from '../../src/core/log.ts';
import type { ConfigChanges, Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { signRequest } from '../../src/plugin/signature.ts';

export const token = 'a-token-of-the-tests-with-some-length';
const secret = 'whsec_0123456789abcdef0123456789abcdef';

/** What the connector of the tests did, in this file's process. */
export interface World {
  /** `open crm`, `call crm first`, `close crm`. */
  readonly said: string[];
  /** Lets calls that `hold` end. */
  let: () => void;
  held: Promise<void>;
  /** Calls that `hold` have begun. */
  begun: Promise<void>;
  begin: () => void;
}

const toy = `
import { ConnectionError, defineAction, defineConnector } from 'hookline/plugin';
const world = globalThis.reloadWorld;
const call = defineAction({
  description: 'Says something.',
  input: { type: 'object', properties: { say: { type: 'string' }, hold: { type: 'boolean' } }, required: ['say'] },
  output: { type: 'object', properties: { said: { type: 'string' } }, required: ['said'] },
  effect: 'repeatable',
  run: async (client, { say, hold }) => {
    world.said.push('call ' + client.name + ' ' + say);
    if (client.token === 'refused') throw new ConnectionError('no entry');
    if (hold) {
      world.begin();
      await world.held;
    }
    return { said: say };
  },
});
export default defineConnector({
  name: 'toy', description: 'A toy.', secrets: ['token'],
  settings: { type: 'object', properties: { name: { type: 'string' }, token: { type: 'string' } }, required: ['name'] },
  connect: (settings) => { world.said.push('open ' + settings.name); return settings; },
  close: async (client) => void world.said.push('close ' + client.name),
  actions: { call },
});
`;

export interface Running {
  readonly app: App;
  readonly dir: string;
  readonly file: string;
  readonly world: World;
  readonly logged: string[];
  readonly secrets: Map<string, string>;
  /** Everything since the start or the last `forget`. */
  readonly happenings: Happening[];
  readonly forget: () => void;
  readonly until: (accepts: (happening: Happening) => boolean) => Promise<Happening>;
  /** The next configuration that is taken; what it changed. */
  readonly accepted: () => Promise<ConfigChanges>;
  readonly refused: () => Promise<string>;
  readonly post: (id: string) => Promise<number>;
  /** Posts an event and waits until its runs have ended, or are held. */
  readonly run: (id: string) => Promise<readonly string[]>;
  readonly api: (path: string, method?: 'GET' | 'POST') => Promise<Record<string, unknown>>;
  readonly stop: () => Promise<void>;
}

export interface Start {
  /** Name of file → text; one named `workflows.yaml` is the workflow file, else the folder is. */
  readonly files: Readonly<Record<string, string>>;
  readonly options?: Partial<AppOptions>;
  readonly dir?: string;
}

export async function startRunning({ files, options = {}, dir: given }: Start): Promise<Running> {
  const dir = given ?? mkdtempSync(join(tmpdir(), 'hookline-reload-'));
  const file = options.file ?? join(dir, 'workflows.yaml' in files ? 'workflows.yaml' : '');
  mkdirSync(join(dir, 'plugins'), { recursive: true });
  writeFileSync(join(dir, 'plugins', 'toy.ts'), toy);
  for (const [name, text] of Object.entries(files)) writeFileSync(join(dir, name), text);
  const world = createWorld();
  Object.assign(globalThis, { reloadWorld: world });
  const happenings: Happening[] = [];
  const watchers = new Set<(happening: Happening) => void>();
  const logged: string[] = [];
  const secrets = new Map([['TRUEDY', secret]]);
  const keep = (message: string, fields?: Record<string, unknown>) =>
    void logged.push(fields === undefined ? message : `${message} ${JSON.stringify(fields)}`);
  const app = await startApp({
    settings: readSettings({ PORT: '0', ADMIN_PORT: '0', RETRY_FIRST_DELAY: '20ms' }),
    dataDir: join(dir, 'data'),
    file,
    pluginsDir: join(dir, 'plugins'),
    sandbox: false,
    secret: (name) => {
      const value = secrets.get(name);
      if (value === undefined) throw new HostError('secret.empty', { name });
      return value;
    },
    adminToken: token,
    redactor: createRedactor(),
    log: { debug: () => undefined, info: () => undefined, warn: keep, error: keep },
    clock: Date.now,
    notify: (happening) => {
      happenings.push(happening);
      for (const watch of watchers) watch(happening);
    },
    onProblems: () => undefined,
    ...options,
  });
  // The first happening is the start's own.
  happenings.length = 0;
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
  const post = (id: string) => postCall(app.url, id);
  return {
    app,
    dir,
    file,
    world,
    logged,
    secrets,
    happenings,
    forget: () => void (happenings.length = 0),
    until,
    accepted: async () => {
      const found = await until(
        ({ kind, ...rest }) => kind === 'config' && 'status' in rest && rest.status === 'accepted',
      );
      if (found.kind !== 'config') throw new Error('no configuration');
      return found.workflows;
    },
    refused: async () => {
      const found = await until(
        ({ kind, ...rest }) => kind === 'config' && 'status' in rest && rest.status === 'refused',
      );
      return found.kind === 'config' ? (found.why ?? '') : '';
    },
    post,
    run: async (id) => {
      const from = happenings.length;
      const status = await post(id);
      if (status !== 204) throw new Error(`answered ${status}`);
      const event = await until((one) => one.kind === 'event' && happenings.indexOf(one) >= from);
      if (event.kind !== 'event') throw new Error('no event');
      const ended = (name: string) => (one: Happening) =>
        one.kind === 'run' &&
        one.eventId === event.eventId &&
        one.workflow === name &&
        ['succeeded', 'failed', 'held'].includes(one.status);
      for (const name of event.workflows) await until(ended(name));
      return event.workflows;
    },
    api: async (path, method = 'GET') => {
      const response = await fetch(app.adminUrl + path, { method, headers: { authorization: `Bearer ${token}` } });
      return (await response.json()) as Record<string, unknown>;
    },
    stop: async () => {
      world.let();
      await app.stop();
      if (given === undefined) rmSync(dir, { recursive: true, force: true });
    },
  };
}

function createWorld(): World {
  const held = Promise.withResolvers<void>();
  const begun = Promise.withResolvers<void>();
  return {
    said: [],
    held: held.promise,
    let: () => held.resolve(),
    begun: begun.promise,
    begin: () => begun.resolve(),
  };
}

/** A file with these workflows: name → steps, each a line below `steps`. */
export function fileOf(
  workflows: Readonly<Record<string, readonly string[]>>,
  connections = 'crm: { uses: toy, with: { name: crm } }',
): string {
  const flows = Object.entries(workflows).map(
    ([name, steps]) =>
      `  ${name}:\n    on: truedy:call.ended\n    steps:\n${steps.map((step) => `      - ${step}\n`).join('')}`,
  );
  return `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
${connections
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
workflows:
${flows.join('')}`;
}

export const say = (word: string, connection = 'crm', more = '') =>
  `{ id: ${word}, uses: ${connection}.call, with: { say: ${word}${more} } }`;

async function postCall(url: string, id: string): Promise<number> {
  const { scheme, events } = source;
  const made = events['call.ended']?.samples['nested']?.({ id, at: '2026-11-23T12:00:00.000Z' });
  if (typeof scheme !== 'object') throw new Error('the source has no scheme');
  const body = Buffer.from(JSON.stringify(made));
  const signed = signRequest(scheme, { body, secret, now: Date.now(), id, url: '/webhooks/truedy', method: 'POST' });
  const headers = { ...signed, 'content-type': 'application/json' };
  return (await fetch(`${url}/webhooks/truedy`, { method: 'POST', body, headers })).status;
}
