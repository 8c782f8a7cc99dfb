// Which file or folder a command takes when none is named.

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadFile, pluginsPath, workflowsPath } from '../../src/cli/load-file.ts';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-file-'));
});
afterEach(() => rm(cwd, { recursive: true }));

const found = (env: Record<string, string> = {}, given?: string) => workflowsPath({ cwd, env }, given).file;

it('is ./workflows.yaml, and ./workflows only where there is no such file', async () => {
  expect(found()).toBe('workflows.yaml');
  await writeFile(join(cwd, 'workflows'), 'no folder');
  expect(found()).toBe('workflows.yaml');
  await rm(join(cwd, 'workflows'));
  await mkdir(join(cwd, 'workflows'));
  expect(found()).toBe('workflows');
  await writeFile(join(cwd, 'workflows.yaml'), 'version: 1\n');
  expect(found()).toBe('workflows.yaml');
});

it('is what is named, else what WORKFLOWS names, there or not', async () => {
  await mkdir(join(cwd, 'workflows'));
  expect(found({ WORKFLOWS: './gone.yaml' })).toBe('gone.yaml');
  expect(found({ WORKFLOWS: 'workflows' }, 'other.yaml')).toBe('other.yaml');
  expect(found({ WORKFLOWS: ' ' })).toBe('workflows');
});

it('has its plugins beside the file or the folder', () => {
  expect(pluginsPath({ cwd, env: {} }, join(cwd, 'workflows'))).toBe(join(cwd, 'plugins'));
  expect(pluginsPath({ cwd, env: { PLUGINS: 'mine' } }, join(cwd, 'workflows'))).toBe(join(cwd, 'mine'));
});

it('says of an empty folder what it should hold', async () => {
  await mkdir(join(cwd, 'workflows'));
  const io = { cwd, env: {}, out: () => undefined, err: () => undefined, color: false };
  await expect(loadFile(io, undefined)).rejects.toThrow(
    '"workflows" cannot be read: the folder holds no *.yaml or *.yml file',
  );
});
