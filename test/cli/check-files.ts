// Workflow files in a folder of their own, and `hookline check` run on them.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';
import { check } from '../../src/cli/check.ts';
import type { Io } from '../../src/cli/client.ts';
import { say, type Said } from './terminal.ts';

export const sources = `sources: { phone: { uses: truedy, secrets: ["\${{ secrets.PHONE }}"] } }\n`;
export const connections = `connections: { chat: { uses: slack, with: { token: "\${{ secrets.CHAT }}" } } }\n`;

/** A workflow file without problems. */
export const fine = `version: 1
${sources}${connections}workflows:
  tell:
    on: phone:call.ended
    steps:
      - uses: chat.post-message
        with: { channel: "#calls", text: Hello }
      - uses: http.request
        with: { method: POST, url: https://example.com/calls }
`;

/** With an error in line 8. */
export const broken = fine.replace('post-message', 'post-mesage');

/** The folder of these files: name → text. */
export async function folderOf(files: Readonly<Record<string, string | Uint8Array>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'hookline-check-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  return folder;
}

export async function checked(
  args: readonly string[],
  files: Readonly<Record<string, string | Uint8Array>>,
  io: Partial<Io> = {},
): Promise<Said> {
  return say(check, args, { cwd: await folderOf(files), ...io });
}
