// The guide shows what `try` and `plan` really print.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Io } from '../../src/cli/client.ts';
import { loadFile } from '../../src/cli/load-file.ts';
import { plan } from '../../src/cli/plan.ts';
import { fixedSeed } from '../../src/plugin/define.ts';
import { try as tryEvent } from '../../src/cli/try.ts';
import truedy from '../../connectors/truedy/source.ts';
import { accept, openLedger, token } from '../console/ledger.ts';
import { say } from './terminal.ts';

const root = new URL('../../', import.meta.url);
let guide: string;
let example: string;
let cwd: string;

beforeAll(async () => {
  guide = await readFile(new URL('docs/guide/workflows.md', root), 'utf8');
  example = await readFile(new URL('workflows.example.yaml', root), 'utf8');
  cwd = await mkdtemp(join(tmpdir(), 'hookline-guide-'));
});
afterAll(() => rm(cwd, { recursive: true }));

function shown(name: string): string {
  const [, text] = new RegExp(`\`\`\`text ${name}\\n([\\s\\S]*?)\`\`\``).exec(guide) ?? [];
  if (text === undefined) throw new Error(`the guide shows no output of ${name}`);
  return text.trimEnd();
}

it('try, on an event that is not taken', async () => {
  await writeFile(join(cwd, 'workflows.yaml'), example.replace('!= "unjoined"', '== "unjoined"'));
  expect((await say(tryEvent, ['call.ended'], { cwd })).out).toBe(shown('try'));
});

it('plan, on a changed condition and a changed text', async () => {
  await writeFile(join(cwd, 'live.yaml'), example);
  const changed = example.replace('!= "unjoined"', '!= "hangup"').replace('Call summary (', 'Summary of a call (');
  await writeFile(join(cwd, 'workflows.yaml'), changed);
  const { workflows } = await loadFile({ cwd, env: {} } as Io, 'live.yaml');
  const ledger = await openLedger({ workflows: async () => workflows });
  const sample = truedy.events['call.ended']?.samples['nested'];
  for (const [number, endReason] of ['unjoined', 'hangup', 'timeout'].entries()) {
    const text = JSON.stringify(sample?.({ ...fixedSeed, id: `call-${number}` }));
    const body = Buffer.from(text.replace('"endReason":"hangup"', `"endReason":"${endReason}"`));
    await accept(ledger.store, number + 1, { body });
  }
  const env = { HOOKLINE_URL: ledger.url, ADMIN_TOKEN: token };
  const { out } = await say(plan, [], { cwd, env });
  await ledger.close();
  const body = (text: string) =>
    text
      .split('\n')
      .slice(3)
      .join('\n')
      .replaceAll(/evt_[\w.]+/g, 'evt_');
  expect(body(out)).toBe(body(shown('plan')));
});
