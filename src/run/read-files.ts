// Reads the workflow file, or every workflow file of a folder, as they all were at one moment.

import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { HostError } from '../core/errors.ts';
import type { FileText, FileTexts } from '../workflow/files.ts';
import { fileLimit } from '../workflow/read.ts';

/** Most files of a folder. */
const mostFiles = 1000;
/** Looks at files that change while they are read. */
const mostTries = 5;

/**
 * `shown`: how places name the file or the folder. Of a folder: `*.yaml` and `*.yml` by name, without hidden files,
 * `*.test.yaml` and folders inside. Rejects with `config.unreadable`.
 */
export async function readFiles(path: string, shown: string): Promise<FileTexts> {
  for (let tries = 1; ; tries++) {
    const before = await stampFiles(path);
    const files = await readOnce(path, shown);
    if (tries === mostTries || (await stampFiles(path)) === before) return files;
  }
}

/** Differs when the files do, without reading them: which there are, where they lead, their sizes and times. */
export async function stampFiles(path: string): Promise<string> {
  try {
    const names = await listNames(path);
    const paths = names === undefined ? [path] : names.map((name) => join(path, name));
    return (await Promise.all([path, ...paths].map(stampOf))).join('\n');
  } catch (error) {
    return codeOf(error);
  }
}

async function stampOf(path: string): Promise<string> {
  try {
    const [real, found] = await Promise.all([realpath(path), stat(path, { bigint: true })]);
    return [real, found.ino, ...(found.isDirectory() ? [] : [found.size, found.mtimeNs, found.ctimeNs])].join(' ');
  } catch (error) {
    return `${path} ${codeOf(error)}`;
  }
}

async function readOnce(path: string, shown: string): Promise<FileTexts> {
  const names = await listNames(path).catch((error: unknown) => {
    throw unreadable(shown, whyOf(error), error);
  });
  if (names === undefined) return readOne(path, shown);
  if (names.length === 0) throw unreadable(shown, 'the folder holds no *.yaml or *.yml file');
  if (names.length > mostFiles) throw unreadable(shown, `the folder holds more than ${mostFiles} files`);
  const files: FileText[] = [];
  for (const name of names) files.push(await readOne(join(path, name), `${shown.replace(/\/+$/, '')}/${name}`));
  return files;
}

/** Undefined for what is not a folder. */
async function listNames(path: string): Promise<readonly string[] | undefined> {
  if (!(await stat(path)).isDirectory()) return undefined;
  const entries = await readdir(path, { withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ name }) => name)
    .filter((name) => /^[^.].*\.ya?ml$/.test(name) && !/\.test\.ya?ml$/.test(name))
    .sort();
}

async function readOne(path: string, file: string): Promise<FileText> {
  try {
    if (!(await stat(path)).isFile()) throw unreadable(file, 'it is not a file');
    const handle = await open(path, 'r');
    try {
      return { file, text: await readStart(handle) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw error instanceof HostError ? error : unreadable(file, whyOf(error), error);
  }
}

type Handle = Awaited<ReturnType<typeof open>>;

/** As much as shows that a file is too large, and no more. */
async function readStart(handle: Handle): Promise<string> {
  const buffer = Buffer.alloc(fileLimit + 1);
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.toString('utf8', 0, length);
}

function unreadable(file: string, why: string, cause?: unknown): HostError {
  return new HostError('config.unreadable', { file, why }, { cause });
}

const whys: Readonly<Record<string, string>> = {
  ENOENT: 'it does not exist',
  EACCES: 'this process may not read it',
  ENOTDIR: 'a part of its path is no folder',
  ELOOP: 'its links lead in a circle',
};

function whyOf(error: unknown): string {
  const code = codeOf(error);
  return whys[code] ?? code;
}

function codeOf(error: unknown): string {
  return (error as NodeJS.ErrnoException).code ?? (error as Error).message;
}
