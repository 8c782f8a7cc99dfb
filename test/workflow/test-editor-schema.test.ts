// The schema of test files for editors: it takes what the command takes, and the language server completes from it.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schema } from '../../src/cli/schema.ts';
import { formats } from '../../src/workflow/schema.ts';
import { say, type Said } from '../cli/terminal.ts';
import { readDocument, root } from '../docs/documents.ts';
import { startLanguageServer } from './language-server.ts';

const files = readDocument('docs/guide/testing.md').blocks.filter(({ info }) => info === 'yml');
const modeline = '# yaml-language-server: $schema=./workflows.test.schema.json\n';

let cwd: string;
let said: Said;
let written: Record<string, unknown>;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-test-schema-'));
  await writeFile(join(cwd, 'workflows.yaml'), await readFile(join(root, 'workflows.example.yaml')));
  await writeFile(join(cwd, 'workflows.test.yaml'), files[0]?.text ?? '');
  said = await say(schema, [], { cwd });
  written = JSON.parse(await readFile(join(cwd, 'workflows.test.schema.json'), 'utf8')) as Record<string, unknown>;
});
afterAll(() => rm(cwd, { recursive: true }));

it('is written when there are tests, and asks for the line that names it', async () => {
  expect(said).toMatchObject({ code: 0, err: '' });
  expect(said.out).toContain(`Put this line at the top of workflows.test.yaml:\n  ${modeline.trim()}`);
  await writeFile(join(cwd, 'workflows.test.yaml'), modeline + (files[0]?.text ?? ''));
  expect((await say(schema, [], { cwd })).out).not.toContain('workflows.test.yaml:');
});

it('takes the tests of the guide, and refuses names and outputs that there are not', () => {
  const known = Object.fromEntries(Object.entries(formats).map(([name, { test }]) => [name, test]));
  const validate = new Ajv({ strict: false, formats: known }).compile(written);
  for (const { text } of files) expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
  const changed: readonly [string, string][] = [
    ['call-summary:\n        log', 'call-sumary:\n        log'],
    ['log: {', 'lgo: {'],
    ['created: true', 'made: true'],
    ['status: succeeded', 'status: done'],
    ['truedy:call.ended', 'truedy:call.over'],
  ];
  const [first] = files;
  expect(changed.map(([from, to]) => validate(parse(first?.text.replace(from, to) ?? '')))).toEqual(
    changed.map(() => false),
  );
});

it('completes workflows, steps and answers in an editor', async () => {
  const lines = [
    'version: 1',
    'tests:',
    '  one:',
    '    event: { sample: truedy:call.ended }',
    '    answers:',
    '      call-summary:',
    '        ',
  ];
  const text = modeline + lines.join('\n');
  const uri = pathToFileURL(join(cwd, 'workflows.test.yaml')).href;
  const server = await startLanguageServer();
  try {
    await server.open(uri, text);
    expect(await server.complete(uri, { line: 7, character: 8 })).toEqual(
      expect.arrayContaining(['log', 'tell', 'post-message']),
    );
    expect(await server.hover(uri, { line: 6, character: 8 })).toContain('Push the summary of every answered call');
  } finally {
    await server.stop();
  }
});
