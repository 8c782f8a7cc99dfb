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

it.each(['slow', 'large'])('a text that is too %s is refused, and the next one is answered', async (as) => {
  await expect(playground.check(text(as))).rejects.toMatchObject({
    code: 'input.invalid',
    message: expect.stringContaining('takes longer to read') as string,
  });
  expect(await playground.check(text('easy'))).toMatchObject({ problems: [], workflows: ['flow'] });
});
