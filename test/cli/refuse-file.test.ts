// What commands say when the workflow file they need has errors.

import { describe, expect, it } from 'vitest';
import type { Io } from '../../src/cli/client.ts';
import { plan } from '../../src/cli/plan.ts';
import { test as runTests } from '../../src/cli/test.ts';
import { try as tryEvent } from '../../src/cli/try.ts';
import { connections, folderOf, sources } from './check-files.ts';
import { say } from './terminal.ts';

type Command = (args: readonly string[], io: Io) => Promise<number>;

const workflow = (name: string) =>
  `version: 1\nworkflows:\n  ${name}:\n    on: phone:call.ended\n    steps: [{ uses: chat.post-mesage }]\n`;

const folder = {
  'workflows/a.yaml': `version: 1\n${sources}${connections}`,
  'workflows/b.yaml': workflow('one'),
  'workflows/c.yaml': workflow('two'),
  'workflows/a.test.yaml': 'version: 1\ntests: {}\n',
};

const commands: readonly (readonly [string, Command, readonly string[]])[] = [
  ['try', tryEvent, ['call.ended', '--file', 'workflows']],
  ['test', runTests, ['workflows']],
  ['plan', plan, ['workflows']],
];

describe('a folder with errors', () => {
  it.each(commands)('is shown by "%s" with the line of its file, and a blank line after each', async (_, run, args) => {
    const { err } = await say(run, args, { cwd: await folderOf(folder) });
    const frame = 'help: Did you mean "chat.post-message"?\n\n';
    expect(err.split(frame)).toHaveLength(3);
    expect(err).toContain('workflows/c.yaml:5:21 error step.unknown-action');
    expect(err.match(/5 \| {5}steps: \[\{ uses: chat\.post-mesage \}\]/g)).toHaveLength(2);
    expect(err).toMatch(/\n"workflows" has errors, so nothing can be (tried|tested|compared)\.\n?$/);
  });
});
