import { mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { fileOf, say, startRunning, type Running, type Start } from './app.ts';

let running: Running | undefined;
afterEach(async () => {
  await running?.stop();
  running = undefined;
});
const start = async (given: Start) => (running = await startRunning(given));

const first = fileOf({ one: [say('a')] });
const second = fileOf({ one: [say('b')], two: [say('c')] });
const taken = { added: ['two'], removed: [], changed: ['one'] };

/** Every configuration that was told of, in order. */
const told = ({ happenings }: Running) => happenings.flatMap((one) => (one.kind === 'config' ? [one.status] : []));

describe('a change of the workflow file', () => {
  it('is taken when the file is written', async () => {
    const { file, accepted, run, world } = await start({ files: { 'workflows.yaml': first } });
    writeFileSync(file, second);
    expect(await accepted()).toEqual(taken);
    expect(await run('evt-1')).toEqual(['one', 'two']);
    expect(world.said.filter((line) => line.startsWith('call')).sort()).toEqual(['call crm b', 'call crm c']);
  });

  it('is not taken when nobody watches', async () => {
    const { app, file, run, api } = await start({ files: { 'workflows.yaml': first }, options: { watch: false } });
    writeFileSync(file, second);
    expect(await run('evt-1')).toEqual(['one']);
    expect(await api('/api/reload', 'POST')).toMatchObject({ status: 'accepted', workflows: taken });
    expect(await run('evt-2')).toEqual(['one', 'two']);
    expect(app.workflows.workflows.size).toBe(2);
  });

  it('is taken when another file is renamed to it', async () => {
    const { dir, file, accepted } = await start({ files: { 'workflows.yaml': first } });
    writeFileSync(join(dir, '.workflows.yaml.swp'), second);
    renameSync(join(dir, '.workflows.yaml.swp'), file);
    expect(await accepted()).toEqual(taken);
  });

  it('is taken once when a mounted configuration swaps its link', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hookline-mount-'));
    const mount = (version: string, text: string) => {
      mkdirSync(join(dir, version));
      writeFileSync(join(dir, version, 'workflows.yaml'), text);
      symlinkSync(version, join(dir, '..data_tmp'));
      renameSync(join(dir, '..data_tmp'), join(dir, '..data'));
    };
    mount('..2026_1', first);
    symlinkSync('..data/workflows.yaml', join(dir, 'workflows.yaml'));
    try {
      const one = await start({ files: {}, options: { file: join(dir, 'workflows.yaml') } });
      mount('..2026_2', second);
      rmSync(join(dir, '..2026_1'), { recursive: true });
      expect(await one.accepted()).toEqual(taken);
      one.forget();
      // As the kubelet does: the links of the folder stay, and a later swap is seen too.
      mount('..2026_3', first);
      rmSync(join(dir, '..2026_2'), { recursive: true });
      expect(await one.accepted()).toEqual({ added: [], removed: ['two'], changed: ['one'] });
      expect(await one.run('evt-1')).toEqual(['one']);
      expect(told(one)).toEqual(['accepted']);
    } finally {
      rmSync(dir, { recursive: true, force: true });
    }
  });

  it('is taken when files of a folder come and go', async () => {
    const more = 'version: 1\nworkflows:\n  two:\n    on: truedy:call.ended\n    steps:\n      - ';
    const one = await start({ files: { 'base.yaml': first } });
    writeFileSync(join(one.dir, 'more.yaml'), `${more}${say('c')}\n`);
    expect(await one.accepted()).toEqual({ added: ['two'], removed: [], changed: [] });
    one.forget();
    writeFileSync(join(one.dir, 'more.test.yaml'), 'tests: []\n');
    unlinkSync(join(one.dir, 'more.yaml'));
    expect(await one.accepted()).toEqual({ added: [], removed: ['two'], changed: [] });
    expect((await one.api('/api/config'))['files']).toEqual([expect.stringMatching(/\/base\.yaml$/)]);
    expect(told(one)).toEqual(['accepted']);
  });

  it('is taken when the file is deleted and written again, and the gap is not told', async () => {
    const one = await start({ files: { 'workflows.yaml': first } });
    unlinkSync(one.file);
    expect(await one.run('evt-1')).toEqual(['one']);
    writeFileSync(one.file, second);
    expect(await one.accepted()).toEqual(taken);
    expect(told(one)).toEqual(['accepted']);
  });

  it('is refused when the file stays away, and taken when it is back', async () => {
    const one = await start({ files: { 'workflows.yaml': first } });
    unlinkSync(one.file);
    expect(await one.refused()).toBe('"workflows.yaml" cannot be read: it does not exist');
    expect(await one.run('evt-1')).toEqual(['one']);
    one.forget();
    writeFileSync(one.file, first);
    expect(await one.accepted()).toEqual({ added: [], removed: [], changed: [] });
    expect(told(one)).toEqual(['accepted']);
    expect((await one.api('/api/config'))['stale']).toBe(false);
  }, 20_000);

  it('is the last of a hundred quick ones', async () => {
    const one = await start({ files: { 'workflows.yaml': first } });
    const last = fileOf({ last: [say('z')] });
    for (let index = 0; index < 100; index++) {
      writeFileSync(one.file, index % 3 === 0 ? second.slice(0, 90) : index % 3 === 1 ? second : first);
      if (index % 10 === 0) await new Promise(setImmediate);
    }
    writeFileSync(one.file, last);
    await one.until((happening) => happening.kind === 'config' && happening.workflows.added.includes('last'));
    expect([...one.app.workflows.workflows.keys()]).toEqual(['last']);
    expect(told(one).length, 'not one load for each').toBeLessThan(30);
  });

  it('is taken once while something else in the folder changes all the time', async () => {
    const one = await start({ files: { 'workflows.yaml': first } });
    const noise = setInterval(() => writeFileSync(join(one.dir, 'noise.log'), String(Math.random())), 5);
    try {
      writeFileSync(one.file, second);
      expect(await one.accepted()).toEqual(taken);
    } finally {
      clearInterval(noise);
    }
    expect(told(one)).toEqual(['accepted']);
  });
});
