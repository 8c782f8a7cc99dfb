// A whole Hookline in which everything has happened once, for a browser to look at: real receiver, store, engine, sandboxes.

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import source from '../../connectors/truedy/source.ts';
import { startApp, type App } from '../../src/app.ts';
import { createRedactor } from '../../src/core/log.ts';
import type { Happening } from '../../src/core/model.ts';
import { readSettings } from '../../src/core/settings.ts';
import { signRequest } from '../../src/plugin/signature.ts';
import { toy, workflows } from './files.ts';

export const tokens = {
  operator: 'an-operator-token-of-the-tests-0123456789',
  viewer: 'a-viewer-token-of-the-tests-0123456789abc',
  code: 'a-code-of-the-tests-0123456789',
};
const secret = 'whsec_0123456789abcdef0123456789abcdef';

interface World {
  /** Words at which a call ends well whatever it was told. */
  readonly mended: Set<string>;
  /** `bank doubt`: what was called, in order. */
  readonly calls: string[];
}

export interface Stage {
  readonly app: App;
  readonly dir: string;
  readonly file: string;
  readonly world: World;
  /** The first happening, past or future, that the test accepts. */
  readonly until: (accepts: (happening: Happening) => boolean) => Promise<Happening>;
  /** Posts a fact of the shop; its event's id. */
  readonly shop: (type: string, data: unknown, id?: string) => Promise<string>;
  /** Posts a call that ended; its event's id. */
  readonly call: (summary: string, id: string) => Promise<string>;
  /** Posts it, and waits until a run of it has come to this status. */
  readonly come: (event: string, status: string) => Promise<string>;
  readonly api: (path: string, body?: unknown) => Promise<Record<string, unknown>>;
  /** Moves the clock on. */
  readonly pass: (ms: number) => void;
  /** The file without this workflow while the work is done. */
  readonly withoutWorkflow: (name: string, work: () => Promise<void>) => Promise<void>;
  readonly stop: () => Promise<void>;
}

/** `age`: how long ago it starts, so that what happens can be spread over time. */
export async function openStage(age = 0): Promise<Stage> {
  const dir = mkdtempSync(join(tmpdir(), 'hookline-stage-'));
  const file = join(dir, 'workflows.yaml');
  mkdirSync(join(dir, 'plugins'));
  writeFileSync(join(dir, 'plugins', 'ledger.ts'), toy);
  writeFileSync(file, workflows);
  const world: World = { mended: new Set(), calls: [] };
  Object.assign(globalThis, { stageWorld: world });
  const happenings: Happening[] = [];
  const watchers = new Set<(happening: Happening) => void>();
  let behind = age;
  const clock = () => Date.now() - behind;
  const silent = () => undefined;
  const app = await startApp({
    settings: readSettings({
      PORT: '0',
      ADMIN_PORT: '0',
      RETRY_FIRST_DELAY: '5ms',
      RETRY_MAX_DELAY: '5ms',
      CIRCUIT_AFTER: '5',
      CIRCUIT_FOR: '1h',
    }),
    dataDir: join(dir, 'data'),
    file,
    pluginsDir: join(dir, 'plugins'),
    sandbox: true,
    secret: () => secret,
    adminToken: tokens.operator,
    viewerToken: tokens.viewer,
    signInCode: tokens.code,
    redactor: createRedactor(),
    log: { debug: silent, info: silent, warn: silent, error: silent },
    clock,
    notify: (happening) => {
      happenings.push(happening);
      for (const watch of watchers) watch(happening);
    },
    onProblems: (problems) => {
      const errors = problems.filter(({ severity }) => severity === 'error');
      if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
    },
  });
  const until: Stage['until'] = (accepts) => {
    const found = happenings.find(accepts);
    if (found) return Promise.resolve(found);
    return new Promise((resolve) => {
      const watch = (happening: Happening) => {
        if (!accepts(happening)) return;
        watchers.delete(watch);
        resolve(happening);
      };
      watchers.add(watch);
    });
  };
  const post = async (path: string, body: Buffer, headers: Record<string, string>) => {
    const from = happenings.length;
    const sent = { method: 'POST', body, headers: { ...headers, 'content-type': 'application/json' } };
    const { status } = await fetch(`${app.url}/webhooks/${path}`, sent);
    if (status !== 204) return '';
    const found = await until(
      (one) => one.kind === 'delivery' && one.source === path && happenings.indexOf(one) >= from,
    );
    return found.kind === 'delivery' ? (found.eventId ?? '') : '';
  };
  const api: Stage['api'] = async (path, body) => {
    const headers = { authorization: `Bearer ${tokens.operator}`, 'content-type': 'application/json' };
    const init = body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) };
    return (await (await fetch(`${app.adminUrl}/api${path}`, init)).json()) as Record<string, unknown>;
  };
  const load = async (text: string) => {
    writeFileSync(file, text);
    await api('/reload', {});
  };
  return {
    app,
    dir,
    file,
    world,
    until,
    shop: (type, data, id = crypto.randomUUID()) =>
      post('shop', Buffer.from(JSON.stringify({ type, id, data })), { 'x-shop-token': secret }),
    call: (summary, id) => {
      const body = callOf(summary, id, new Date(clock()).toISOString());
      const { scheme } = source;
      if (typeof scheme !== 'object') throw new Error('the source has no scheme');
      const url = '/webhooks/truedy';
      return post('truedy', body, signRequest(scheme, { body, secret, now: clock(), id, url, method: 'POST' }));
    },
    come: async (eventId, status) => {
      const found = await until((one) => one.kind === 'run' && one.eventId === eventId && one.status === status);
      return found.kind === 'run' ? found.runId : '';
    },
    api,
    withoutWorkflow: async (name, work) => {
      await load(workflows.replace(new RegExp(`^  ${name}:\\n(    .*\\n|\\n)*`, 'm'), ''));
      try {
        await work();
      } finally {
        await load(workflows);
      }
    },
    pass: (ms) => void (behind = Math.max(0, behind - ms)),
    stop: async () => {
      await app.stop();
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

function callOf(summary: string, id: string, at: string): Buffer {
  const made = source.events['call.ended']?.samples['nested']?.({ id, at });
  const text = JSON.stringify(made).replace(/"summary":"[^"]*"/, () => `"summary":${JSON.stringify(summary)}`);
  return Buffer.from(text);
}
