import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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

const good = fileOf({ one: [say('a')] });
const broken = good.replace('crm.call', 'crm.cal');
const twoConnections =
  'crm: { uses: toy, with: { name: crm } }\nmore: { uses: toy, with: { name: more, token: "${{ secrets.MORE }}" } }';
const withMore = fileOf({ one: [say('a'), say('b', 'more')] }, twoConnections);

describe('a refused file', () => {
  it('is told everywhere with its place, and the one before goes on', async () => {
    const one = await start({ files: { 'workflows.yaml': good } });
    const { hash } = one.app.workflows;
    writeFileSync(one.file, broken);
    expect(await one.refused()).toBe('workflows.yaml:10:24 action "crm.cal" does not exist');
    expect(one.logged).toEqual([
      expect.stringMatching(
        /^the workflow file is refused: workflows\.yaml:10:24 action "crm\.cal" does not exist; the one accepted at .* goes on .*step\.unknown-action/,
      ),
    ]);
    expect(await one.api('/api/config')).toMatchObject({
      live: { hash },
      files: ['workflows.yaml'],
      stale: true,
      refused: {
        why: 'workflows.yaml:10:24 action "crm.cal" does not exist',
        problems: [
          {
            code: 'step.unknown-action',
            at: { file: 'workflows.yaml', line: 10, column: 24 },
            hint: 'Did you mean "crm.call"?',
            shown: expect.stringContaining('10 |       - { id: a, uses: crm.cal, with: { say: a } }'),
          },
        ],
      },
    });
    const ready = await fetch(`${one.app.url}/readyz`);
    expect(ready.status).toBe(200);
    expect(await ready.json()).toMatchObject({
      config: 'the file is refused (workflows.yaml:10:24 step.unknown-action); the last accepted one is in use',
    });
    const metrics = await fetch(`${one.app.adminUrl}/metrics`, {
      headers: { authorization: 'Bearer a-token-of-the-tests-with-some-length' },
    });
    const text = await metrics.text();
    expect(text).toMatch(/^hookline_config_stale 1$/m);
    expect(text).toMatch(/^hookline_config_loads_total\{result="refused"\} 1$/m);
    expect(await one.run('evt-1')).toEqual(['one']);

    writeFileSync(one.file, fileOf({ one: [say('c')] }));
    expect(await one.accepted()).toEqual({ added: [], removed: [], changed: ['one'] });
    expect(await one.api('/api/config')).toMatchObject({
      stale: false,
      refused: null,
      last: { workflows: { added: [], removed: [], changed: ['one'] } },
    });
    expect(await (await fetch(`${one.app.url}/readyz`)).json()).toMatchObject({ config: 'ok' });
  });

  it('is told once, and again to whoever asks', async () => {
    const one = await start({ files: { 'workflows.yaml': good } });
    writeFileSync(one.file, broken);
    await one.refused();
    expect(await one.api('/api/reload', 'POST')).toMatchObject({
      status: 'refused',
      hash: one.app.workflows.hash,
      refused: { problems: [{ code: 'step.unknown-action' }] },
    });
    expect(one.happenings).toHaveLength(2);
  });

  it('is refused as a whole when a secret is missing, and nothing of it is used', async () => {
    const one = await start({ files: { 'workflows.yaml': good } });
    writeFileSync(one.file, withMore);
    expect(await one.refused()).toContain('secret "MORE" is not set or empty');
    expect(await one.run('evt-1')).toEqual(['one']);
    expect(one.world.said).toEqual(['open crm', 'call crm a']);
    one.secrets.set('MORE', '  ');
    one.forget();
    expect(await one.api('/api/reload', 'POST'), 'settings are text, blank or not').toMatchObject({
      status: 'accepted',
    });
  });

  it('is refused when a source could verify nothing with it', async () => {
    const one = await start({ files: { 'workflows.yaml': good } });
    one.secrets.set('TRUEDY', ' ');
    expect(await one.app.reload()).toMatchObject({ status: 'refused' });
    expect(await one.post('evt-1'), 'the old secret goes on').toBe(204);
  });

  it('is refused when a plugin it needs is broken', async () => {
    const one = await start({ files: { 'workflows.yaml': good } });
    writeFileSync(join(one.dir, 'plugins', 'torn.ts'), 'export default {');
    writeFileSync(one.file, good.replace('crm: { uses: toy', 'x: { uses: torn }\n  crm: { uses: toy'));
    expect(await one.refused()).toContain('plugin "torn" could not be loaded');
    expect(await one.run('evt-1')).toEqual(['one']);
  });

  it('at a start leaves the last accepted one in use, until a good one comes', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'hookline-stale-'));
    try {
      await (await startRunning({ files: { 'workflows.yaml': good }, dir })).stop();
      const one = await start({ files: { 'workflows.yaml': broken }, dir });
      expect(await one.api('/api/config')).toMatchObject({
        stale: true,
        refused: { problems: [{ code: 'step.unknown-action' }] },
        live: { hash: createHash('sha256').update(good).digest('hex') },
      });
      expect(await one.run('evt-1')).toEqual(['one']);
      writeFileSync(one.file, good);
      expect(await one.accepted()).toEqual({ added: [], removed: [], changed: [] });
      expect((await one.api('/api/config'))['stale']).toBe(false);
    } finally {
      await running?.stop();
      running = undefined;
      rmSync(dir, { recursive: true, force: true });
    }
  });
});
