import { mkdir, mkdtemp, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readFiles, stampFiles } from '../../src/run/read-files.ts';
import { fileLimit } from '../../src/workflow/read.ts';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'hookline-files-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const write = (name: string, text = name) => writeFile(join(dir, name), text);
const failure = (path: string) =>
  readFiles(path, 'shown').then(
    () => 'read',
    (error: unknown) => (error as Error).message,
  );

describe('readFiles', () => {
  it('reads one file under the name it is shown by', async () => {
    await write('w.yaml', 'version: 1\n');
    expect(await readFiles(join(dir, 'w.yaml'), 'a/w.yaml')).toEqual({ file: 'a/w.yaml', text: 'version: 1\n' });
  });

  it('reads the workflow files of a folder by name, and nothing else that lies there', async () => {
    for (const name of [
      'b.yaml',
      'a.yml',
      'B.yaml',
      '.hidden.yaml',
      'a.test.yaml',
      'c.test.yml',
      'notes.md',
      'c.yaml~',
    ])
      await write(name);
    await mkdir(join(dir, 'inside'));
    await write('inside/deep.yaml');
    await mkdir(join(dir, 'folder.yaml'));
    expect(await readFiles(dir, 'flows/')).toEqual(
      ['B.yaml', 'a.yml', 'b.yaml'].map((name) => ({ file: `flows/${name}`, text: name })),
    );
  });

  it('says what is wrong with a folder without files, a file that is gone, and what is no file', async () => {
    expect(await failure(dir)).toBe('"shown" cannot be read: the folder holds no *.yaml or *.yml file');
    expect(await failure(join(dir, 'gone.yaml'))).toBe('"shown" cannot be read: it does not exist');
    expect(await failure('/dev/zero')).toBe('"shown" cannot be read: it is not a file');
    await symlink(join(dir, 'nowhere'), join(dir, 'a.yaml'));
    expect(await failure(dir)).toBe('"shown/a.yaml" cannot be read: it does not exist');
  });

  it('reads no more of a huge file than shows that it is one', async () => {
    await write('w.yaml', '#'.repeat(fileLimit * 3));
    const files = await readFiles(join(dir, 'w.yaml'), 'w.yaml');
    expect('text' in files ? files.text.length : 0).toBe(fileLimit + 1);
  });

  it('follows the links of a mounted configuration', async () => {
    await mkdir(join(dir, '..2026_1'));
    await write('..2026_1/a.yaml', 'one');
    await symlink('..2026_1', join(dir, '..data'));
    await symlink('..data/a.yaml', join(dir, 'a.yaml'));
    expect(await readFiles(dir, 'f')).toEqual([{ file: 'f/a.yaml', text: 'one' }]);
  });
});

describe('stampFiles', () => {
  it('stays the same while nothing changes, and differs for every kind of change', async () => {
    await write('a.yaml', 'one');
    const seen = [await stampFiles(dir)];
    expect(await stampFiles(dir)).toBe(seen[0]);
    const change = async (work: () => Promise<unknown>) => {
      await work();
      seen.push(await stampFiles(dir));
    };
    await change(() => write('a.yaml', 'longer'));
    await change(() => write('b.yaml', 'one'));
    await change(async () => {
      await write('.new', 'longer');
      await rename(join(dir, '.new'), join(dir, 'a.yaml'));
    });
    await change(() => rm(join(dir, 'b.yaml')));
    await change(() => rm(dir, { recursive: true }));
    expect(new Set(seen).size).toBe(seen.length);
  });
});
