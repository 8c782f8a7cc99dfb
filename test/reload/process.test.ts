// The real process: signals, the command, and being killed in the middle of it.

import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { reload } from '../../src/cli/reload.ts';
import { openSqliteStore } from '../../src/store/sqlite/open.ts';
import { say } from '../cli/terminal.ts';
import { createFolder, postCall, type Folder, type Hookline } from '../crash/hookline.ts';

let folder: Folder | undefined;
let hookline: Hookline | undefined;
afterEach(async () => {
  hookline?.kill('SIGKILL');
  await hookline?.ended;
  folder?.remove();
});

const flow = (name: string, filler = 0) => `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
workflows:
  ${name}:
    on: truedy:call.ended
    steps: [{ uses: toy.call, with: {} }]
${`# ${'x'.repeat(100)}\n`.repeat(filler)}`;

const toy = `import { defineAction, defineConnector } from 'hookline/plugin';
const call = defineAction({ description: '.', input: { type: 'object' }, output: { type: 'object' }, effect: 'repeatable', run: async () => ({}) });
export default defineConnector({ name: 'toy', description: '.', settings: { type: 'object' }, connect: () => ({}), actions: { call } });
`;

const begin = async () => {
  folder = createFolder(flow('first'), { 'toy.ts': toy });
  hookline = await folder.start();
  return { file: join(folder.dir, 'workflows.yaml'), folder, hookline };
};

describe('the process', () => {
  it('loads its file at SIGHUP and goes on', async () => {
    const { file, hookline } = await begin();
    hookline.kill('SIGHUP');
    writeFileSync(file, flow('second'));
    hookline.kill('SIGHUP');
    await hookline.waitFor(({ msg }) => msg === 'the workflow file is loaded anew');
    expect(await postCall(hookline.url, 'call-1')).toBe(204);
    await hookline.waitFor(({ msg, workflow }) => msg === 'run' && workflow === 'second');
    hookline.kill('SIGTERM');
    expect(await hookline.ended).toBe(0);
  });

  it('loads it for the command, which prints what came of it', async () => {
    const { file, hookline, folder } = await begin();
    const io = { env: { HOOKLINE_URL: hookline.adminUrl, ADMIN_TOKEN: 'a'.repeat(40) }, cwd: folder.dir };
    expect(await say(reload, [], io)).toMatchObject({ code: 0, out: '✓ nothing has changed' });
    writeFileSync(file, flow('second'));
    const loaded = await say(reload, ['--json'], io);
    expect(loaded.code).toBe(0);
    writeFileSync(file, flow('third').replace('toy.call', 'toy.cal'));
    const { code, out } = await say(reload, [], io);
    expect(code).toBe(1);
    expect(out).toContain('workflows.yaml:7:21 error step.unknown-action\n');
    expect(out).toContain('  help: Did you mean "toy.call"?\n');
    expect(out).toMatch(
      /✗ refused, and the file before goes on: workflows\.yaml:7:21 action "toy\.cal" does not exist$/,
    );
    expect(await hookline.api('/config')).toMatchObject({ stale: true, live: { text: flow('second') } });
  });

  it('keeps a whole configuration when it is killed while it loads', async () => {
    const { file, folder } = await begin();
    for (let round = 0; round < 4; round++) {
      for (let index = 0; index < 10 + round * 7; index++) {
        writeFileSync(file, flow(`f${round}-${index}`, 500));
        void hookline?.post('/reload').catch(() => 0);
        await new Promise(setImmediate);
      }
      if (round % 2 === 1) await hookline?.waitFor(({ msg }) => msg === 'the workflow file is loaded anew');
      hookline?.kill('SIGKILL');
      await hookline?.ended;
      const store = await openSqliteStore({ dir: join(folder.dir, 'data') });
      const kept = await store.config();
      await store.close();
      expect(
        createHash('sha256')
          .update(kept?.text ?? '')
          .digest('hex'),
      ).toBe(kept?.hash);
      expect(kept?.text).toMatch(/^version: 1\n/);
      // What is kept is good to start with, even though the file itself is not.
      writeFileSync(file, 'version: 1\nworkflows: {');
      hookline = await folder.start();
      const { live } = (await hookline.api('/config')) as { live: { hash: string } };
      expect(live.hash).toBe(kept?.hash);
    }
  }, 60_000);
});
