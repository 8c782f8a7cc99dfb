// The docs tell the truth: their workflow files pass the check, their links lead somewhere, their commands exist.

import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { completeFile } from './complete.ts';
import {
  anchorsOf,
  commandsIn,
  linksOf,
  namedFiles,
  readDocument,
  readDocuments,
  root,
  type Document,
} from './documents.ts';
import { readCommands, type Command } from './pages/commands.ts';

const run = promisify(execFile);
const main = join(root, 'src/main.ts');
const example = readFileSync(join(root, 'workflows.example.yaml'), 'utf8');
const documents = readDocuments();

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-docs-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('a YAML block', () => {
  const withYaml = documents.filter(({ blocks }) => blocks.some(({ info }) => info.startsWith('yaml')));

  it.each(withYaml)('of $file passes the check, with the plugins that its document shows', async (document) => {
    const place = join(folder, document.file);
    for (const { name, text } of namedFiles(document)) await writeTo(join(place, name), text);
    const files: string[] = [];
    for (const { info, text, line } of document.blocks.filter((block) => block.info.startsWith('yaml'))) {
      expect(['yaml', 'yaml part'], `the block in line ${line}`).toContain(info);
      files.push(`line-${line}.yaml`);
      await writeTo(join(place, `line-${line}.yaml`), info === 'yaml' ? text : completeFile(text, example));
    }
    const { stdout } = await check(files, place);
    expect(stdout.split('\n').filter((line) => /^[✓✗]/.test(line))).toEqual(
      files.map((file) => expect.stringMatching(new RegExp(`^✓ ${file}: .*, no problem$`))),
    );
  });

  it('that shows a part is completed from the example, and mistakes in it are found', async () => {
    const place = join(folder, 'parts');
    const steps = '- uses: ops.post-message\n  with: { channel: "#calls", text: a }\n';
    await writeTo(join(place, 'good.yaml'), completeFile(steps, example));
    await writeTo(join(place, 'bad.yaml'), completeFile(steps.replace('channel', 'chanel'), example));
    const { stdout } = await check(['good.yaml', 'bad.yaml'], place);
    expect(stdout).toContain('✓ good.yaml: 1 workflow, no problem');
    expect(stdout).toContain('✗ bad.yaml: 1 error');
  });
});

function check(files: readonly string[], cwd: string) {
  const env = { ...process.env, NO_COLOR: '1', PLUGINS: '' };
  return run(process.execPath, [main, 'check', ...files], { cwd, env }).catch((error: { stdout: string }) => error);
}

async function writeTo(file: string, text: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
}

it('README.md shows the whole example file', () => {
  const shown = readDocument('README.md').blocks.filter(({ info }) => info === 'yaml');
  expect(shown.map(({ text }) => text)).toContain(example);
});

describe('a link', () => {
  const anchors = new Map(documents.map((document) => [document.file, anchorsOf(document)]));

  it.each(documents)('of $file leads to a file and a heading that exist', (document) => {
    const lost = linksOf(document).filter(({ file, heading }) => {
      if (!existsSync(join(root, file))) return true;
      return heading !== '' && anchors.get(file)?.includes(heading) !== true;
    });
    expect(lost).toEqual([]);
  });

  it('is found where there is one', () => {
    const document = { file: 'docs/a.md', prose: 'see [b](../b.md#some-place) and [c](#c)' } as Document;
    expect(linksOf(document)).toEqual([
      { file: 'b.md', heading: 'some-place' },
      { file: 'docs/a.md', heading: 'c' },
    ]);
  });
});

describe('a command', async () => {
  const commands = new Map((await readCommands()).map((command) => [command.name, command]));

  it.each(documents)('that $file names exists with its options', (document) => {
    const wrong = commandsIn(document).filter((call) => !isKnown(call, commands));
    expect(wrong).toEqual([]);
  });

  it('is found where there is one, and refused where it does not exist', () => {
    const document = {
      text: 'run `npx hookline runs --held`, "hookline fly" and `docker exec hookline hookline send`',
    };
    const found = commandsIn(document as Document);
    expect(found).toEqual(['runs --held', 'fly', 'send']);
    expect(found.filter((call) => isKnown(call, commands))).toEqual(['send']);
  });
});

function isKnown(call: string, commands: ReadonlyMap<string, Command>): boolean {
  const [name = '', ...words] = call.replace(/#.*$/, '').trim().split(/\s+/);
  const help = name === 'help' ? '' : commands.get(name.replace(/[,.:;)]+$/, ''))?.help;
  const options = words.filter((word) => /^--[a-z]/.test(word)).map((word) => word.replace(/[^a-z-]+$/, ''));
  return help !== undefined && options.every((option) => help.includes(option) || option === '--help');
}
