// Finds a workflow file and the test files beside it; either of them names the pair.

import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { HostError } from '../core/errors.ts';
import type { Io } from './client.ts';
import { workflowsPath } from './load-file.ts';

export interface TestFiles {
  /** The workflow file or folder, as it is to be named to people. */
  readonly workflows: string;
  /** Test files that are there. */
  readonly tests: readonly string[];
  /** The test file that a new test goes to. */
  readonly first: string;
}

const ending = /\.test\.ya?ml$/;

/** `given`: a test file, a workflow file or a folder of them; default as of `workflowsPath`. */
export async function findTestFiles(io: Io, given: string | undefined): Promise<TestFiles> {
  const usual = workflowsPath(io, undefined).file;
  if (given !== undefined && ending.test(given)) {
    const beside = given.replace(ending, '.yaml');
    const workflows = (await kindOf(io, beside)) === 'file' ? beside : usual;
    const tests = (await kindOf(io, given)) === 'none' ? [] : [given];
    return { workflows, tests, first: given };
  }
  const workflows = given ?? usual;
  const first = `${workflows.replace(/\/+$/, '').replace(/\.ya?ml$/, '')}.test.yaml`;
  const beside = (await kindOf(io, first)) === 'file' ? [first] : [];
  const within = (await kindOf(io, workflows)) === 'folder' ? await testsIn(io, workflows) : [];
  return { workflows, tests: [...beside, ...within], first };
}

/** Rejects with `input.invalid`. */
export async function readTestText(io: Io, file: string): Promise<string> {
  try {
    return await readFile(resolve(io.cwd, file), 'utf8');
  } catch (error) {
    const why = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new HostError('input.invalid', { what: `"${file}" cannot be read: ${why}` }, { cause: error });
  }
}

async function testsIn(io: Io, folder: string): Promise<readonly string[]> {
  const names = await readdir(resolve(io.cwd, folder));
  return names
    .filter((name) => ending.test(name))
    .sort()
    .map((name) => join(folder, name));
}

async function kindOf(io: Io, file: string): Promise<'file' | 'folder' | 'none'> {
  const found = await stat(resolve(io.cwd, file)).catch(() => undefined);
  if (found === undefined) return 'none';
  return found.isDirectory() ? 'folder' : 'file';
}
