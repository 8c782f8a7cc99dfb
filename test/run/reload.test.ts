import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createRedactor } from '../../src/core/log.ts';
import { HostError } from '../../src/core/errors.ts';
import type { Happening } from '../../src/core/model.ts';
import { openConfig, type Config } from '../../src/run/config.ts';
import { createReload, type Prepared, type ReloadParts } from '../../src/run/reload.ts';
import { watchFiles } from '../../src/run/watch.ts';
import type { StoredConfig } from '../../src/store/store.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { catalog, inSteps } from '../workflow/catalog.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'hookline-watch-'));
});
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  rmSync(dir, { recursive: true, force: true });
});

const first = inSteps('- uses: desk.save-note\n  with: { title: a }');
const second = inSteps('- uses: desk.save-note\n  with: { title: b }');
const quiet = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };

type Made = { readonly kept: StoredConfig[]; readonly config: Config; readonly prepared: Prepared };

async function open(over: (made: Made) => Partial<ReloadParts> = () => ({})) {
  const file = join(dir, 'workflows.yaml');
  writeFileSync(file, first);
  const kept: StoredConfig[] = [];
  const happenings: Happening[] = [];
  const waiting: ((happening: Happening) => void)[] = [];
  const down = { store: false };
  const common = {
    file,
    clock: () => 1000,
    log: quiet,
    load: (files: Parameters<typeof loadWorkflows>[0]) => loadWorkflows(files, catalog),
    notify: (happening: Happening) => {
      happenings.push(happening);
      waiting.shift()?.(happening);
    },
    onProblems: () => undefined,
  };
  const store = {
    saveConfig: async (config: StoredConfig) => {
      if (down.store) throw new HostError('store.unavailable', { why: 'ENOSPC' });
      kept.push(config);
    },
    config: async () => kept.at(-1) ?? null,
  };
  const config = await openConfig({ ...common, store });
  happenings.length = 0;
  const done: string[] = [];
  const prepared = {
    added: [],
    changed: [],
    removed: [],
    commit: () => void done.push('commit'),
    discard: async () => void done.push('discard'),
  };
  const reload = createReload({
    ...common,
    config,
    redactor: createRedactor(),
    prepare: async () => prepared,
    settle: async () => void done.push('settle'),
    againMs: 20,
    ...over({ kept, config, prepared }),
  });
  stops.push(() => reload.stop());
  const next = () => new Promise<Happening>((resolve) => void waiting.push(resolve));
  return { file, config, reload, kept, happenings, done, down, next };
}

describe('a store that cannot take the new configuration', () => {
  it('leaves the old one in use, and gets it when it can', async () => {
    const { file, reload, config, kept, done, down, next, happenings } = await open();
    const before = config.live().hash;
    down.store = true;
    writeFileSync(file, second);
    expect(await reload.look()).toMatchObject({
      status: 'refused',
      refusal: { again: true, brief: 'store.unavailable' },
    });
    expect(done).toEqual(['discard']);
    expect(config.live().hash).toBe(before);
    expect(kept).toHaveLength(1);
    down.store = false;
    expect(await next()).toMatchObject({ kind: 'config', status: 'accepted' });
    expect(config.live().text).toBe(second);
    expect(config.stale).toBe(false);
    expect(kept.map(({ text }) => text)).toEqual([first, second]);
    expect(
      happenings.map((one) => 'status' in one && one.status),
      'told once each',
    ).toEqual(['refused', 'accepted']);
  });
});

describe('a load', () => {
  it('is stored before it is used, and used before runs are released', async () => {
    const order: string[] = [];
    const { file, reload } = await open(({ kept, config, prepared }) => ({
      prepare: async () => ({
        ...prepared,
        commit: () => void order.push(`commit, ${kept.length} stored, new: ${config.live().text === second}`),
      }),
      settle: async () => void order.push('settle'),
    }));
    writeFileSync(file, second);
    await reload.look();
    expect(order).toEqual(['commit, 2 stored, new: true', 'settle']);
  });

  it('does nothing for a file that is the same', async () => {
    const { file, reload, done } = await open();
    writeFileSync(file, first);
    expect(await reload.look()).toEqual({ status: 'unchanged' });
    expect(done).toEqual([]);
  });

  it('that fails in a way nobody thought of leaves everything as it is', async () => {
    const { file, reload, config } = await open(() => ({
      prepare: async () => {
        throw new TypeError('a plugin is not well');
      },
    }));
    writeFileSync(file, second);
    expect(await reload.look()).toMatchObject({
      status: 'refused',
      refusal: { why: 'a plugin is not well', brief: 'internal' },
    });
    expect(config.live().text).toBe(first);
  });

  it('goes one after the other, and looks asked for meanwhile become one', async () => {
    const { file, reload, kept } = await open();
    const asked = [reload.look(), reload.look(), reload.now(), reload.look()];
    writeFileSync(file, second);
    await Promise.all(asked);
    expect((await reload.look()).status).toBe('unchanged');
    expect(kept.at(-1)?.text).toBe(second);
  });

  it('finds what runs began with, and forgets what could not be had', async () => {
    const { file, reload, config, kept } = await open();
    const before = config.live().hash;
    writeFileSync(file, second);
    await reload.look();
    // Looked for in the store, where in this test only the last one can be found.
    expect(await config.pinned(before)).not.toBeNull();
    expect((await config.pinned(config.live().hash))?.text).toBe(second);
    kept.length = 0;
    expect(await config.pinned('gone')).toBeNull();
  });
});

describe('watchFiles', () => {
  const changesOf = (path: string, given: { quietMs?: number; pollMs?: number }) => {
    let waiting = Promise.withResolvers<void>();
    let count = 0;
    const changed = () => {
      count += 1;
      waiting.resolve();
      waiting = Promise.withResolvers();
    };
    stops.push(watchFiles({ path, changed, ...given }));
    return { next: () => waiting.promise, count: () => count };
  };

  it('sees a change that sends no event here', async () => {
    for (const name of ['one', 'two', 'links']) mkdirSync(join(dir, name));
    for (const name of ['one', 'two']) writeFileSync(join(dir, name, 'w.yaml'), name);
    // The link in the middle lies in a folder that is not watched.
    symlinkSync('../one', join(dir, 'links', 'now'));
    symlinkSync('links/now/w.yaml', join(dir, 'w.yaml'));
    const { next } = changesOf(join(dir, 'w.yaml'), { quietMs: 5, pollMs: 20 });
    await next();
    symlinkSync('../two', join(dir, 'links', 'new'));
    renameSync(join(dir, 'links', 'new'), join(dir, 'links', 'now'));
    await next();
  });

  it('sees a folder that is put in the place of another', async () => {
    for (const name of ['now', 'new']) {
      mkdirSync(join(dir, name));
      writeFileSync(join(dir, name, 'w.yaml'), name);
    }
    const { next } = changesOf(join(dir, 'now'), { quietMs: 5, pollMs: 3_600_000 });
    await next();
    renameSync(join(dir, 'now'), join(dir, 'old'));
    renameSync(join(dir, 'new'), join(dir, 'now'));
    await next();
    writeFileSync(join(dir, 'now', 'more.yaml'), 'more');
    await next();
  });

  it('tells nothing once it is stopped', async () => {
    writeFileSync(join(dir, 'w.yaml'), 'one');
    const watch = changesOf(join(dir, 'w.yaml'), { quietMs: 5, pollMs: 5 });
    await watch.next();
    stops.pop()?.();
    const other = changesOf(join(dir, 'w.yaml'), { quietMs: 20, pollMs: 5 });
    await other.next();
    const before = watch.count();
    writeFileSync(join(dir, 'w.yaml'), 'two');
    await other.next();
    expect(watch.count()).toBe(before);
  });
});
