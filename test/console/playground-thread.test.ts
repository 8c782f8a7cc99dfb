// The playground's thread is ended when a text takes too long or too much memory, and the next text has a new one.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readSettings } from '../../src/core/settings.ts';
import { createPlayground, type Playground } from '../../src/run/playground.ts';

/** Its effect is asked while a text is read, and is what the input says: endless, or without end in memory. */
const plugin = `
import { defineAction, defineConnector } from 'hookline/plugin';
const call = defineAction({
  description: 'Hard to read.',
  input: { type: 'object', properties: { as: { type: 'string' } }, required: ['as'] },
  output: { type: 'object' },
  effect: ({ as }) => {
    const kept = [];
    while (as === 'slow') kept.length = 0;
    while (as === 'large') kept.push(new Array(1e5).fill(as));
    return 'once';
  },
  run: async () => ({}),
});
export default defineConnector({
  name: 'hard', description: 'Hard to read.', settings: { type: 'object' }, connect: () => ({}), actions: { call },
});
`;

let dir: string;
let playground: Playground;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'hookline-thread-'));
  writeFileSync(join(dir, 'hard.ts'), plugin);
  playground = createPlayground({ pluginsDir: dir, settings: readSettings({}), clock: Date.now });
});
afterAll(async () => {
  await playground.close();
  rmSync(dir, { recursive: true });
});

const text = (as: string) => `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY }}"] }
connections:
  one: { uses: hard }
workflows:
  flow:
    on: truedy:call.ended
    steps:
      - { id: a, uses: one.call, with: { as: ${as} } }
`;

it.each([
  ['for (;;);', 'takes more than 0.5 s to load'],
  ['await new Promise((resolve) => setTimeout(resolve, 60_000));', 'takes more than 0.5 s to load'],
  ['process.exit(3);', 'ends the thread that loads it'],
])('a plugin that does not load is told, and gives its thread back: %s', async (code, why) => {
  const stuck = mkdtempSync(join(tmpdir(), 'hookline-stuck-'));
  const options = { pluginsDir: stuck, settings: readSettings({}), clock: Date.now };
  writeFileSync(join(stuck, 'hard.ts'), `${code}\n${plugin}`);
  // A thread that is ended by itself need not be waited for.
  const startMs = why.startsWith('ends') ? 60_000 : 500;
  const first = createPlayground({ ...options, startMs });
  await expect(first.check(text('easy'))).rejects.toMatchObject({
    code: 'playground.stuck',
    message: `the playground did not start: a plugin in "${stuck}" ${why}`,
  });
  await first.close();
  writeFileSync(join(stuck, 'hard.ts'), plugin);
  const second = createPlayground(options);
  expect(await second.check(text('easy')), 'as soon as it loads').toMatchObject({ problems: [] });
  await second.close();
  rmSync(stuck, { recursive: true });
});

it.each(['slow', 'large'])('a text that is too %s is refused, and the next one is answered', async (as) => {
  await expect(playground.check(text(as))).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining('takes longer to read') as string,
  });
  expect(await playground.check(text('easy'))).toMatchObject({ problems: [], workflows: ['flow'] });
});
