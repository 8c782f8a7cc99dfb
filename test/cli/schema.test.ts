// `hookline schema`: the file that it writes, and the line that it asks for.

import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { schema } from '../../src/cli/schema.ts';
import { formats } from '../../src/workflow/schema.ts';
import { say } from './terminal.ts';

const modeline = '# yaml-language-server: $schema=./workflows.schema.json';
const example = await readFile(new URL('../../workflows.example.yaml', import.meta.url), 'utf8');

let cwd: string;
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-schema-'));
  await writeFile(join(cwd, 'workflows.yaml'), example);
});
afterEach(() => rm(cwd, { recursive: true }));

const run = (...args: string[]) => say(schema, args, { cwd });
const read = async (name: string) => JSON.parse(await readFile(join(cwd, name), 'utf8')) as Record<string, unknown>;

describe('hookline schema', () => {
  it('writes a draft-07 schema that takes the file, and asks for the line that names it', async () => {
    const { code, out, err } = await run();
    expect([code, err]).toEqual([0, '']);
    expect(out).toContain('✓ workflows.schema.json: 7 actions of 3 connections, 13 events');
    expect(out).toContain(`Put this line at the top of workflows.yaml:\n  ${modeline}`);
    const written = await read('workflows.schema.json');
    expect(written['$schema']).toBe('http://json-schema.org/draft-07/schema#');
    const validate = new Ajv({ strict: false, formats: { uri: formats['uri']?.test ?? true } }).compile(written);
    expect([validate(parse(example)), validate.errors]).toEqual([true, null]);
    expect(validate(parse(example.replace('uses: mail.send', 'uses: mail.sent')))).toBe(false);
  });

  it('does not ask for a line that is there', async () => {
    await writeFile(join(cwd, 'workflows.yaml'), `${modeline}\n${example}`);
    expect((await run()).out).not.toContain('Put this line');
  });

  it('names another place as the file sees it', async () => {
    await mkdir(join(cwd, 'editor'));
    const { out } = await run('--out', 'editor/hookline.json');
    expect(out).toContain('$schema=./editor/hookline.json');
    expect(await read('editor/hookline.json')).toHaveProperty('definitions');
  });

  it('helps with a file that has errors, and with one that is not there yet', async () => {
    await writeFile(join(cwd, 'workflows.yaml'), example.replace('uses: email', 'uses: emial').replace('on:', 'no:'));
    expect((await run()).out).toContain('6 actions of 2 connections');
    await rm(join(cwd, 'workflows.yaml'));
    const { code, out } = await run();
    expect([code, out]).toEqual([0, expect.stringContaining('"workflows.yaml" is not there yet') as string]);
  });

  it('knows plugins, and says which one is left out', async () => {
    await mkdir(join(cwd, 'plugins'));
    await writeFile(join(cwd, 'plugins', 'torn.ts'), 'export default {');
    await writeFile(
      join(cwd, 'plugins', 'desk.ts'),
      `export default { name: 'desk', description: 'A desk.', settings: { type: 'object', properties: {} }, connect: () => null,
        actions: { file: { description: 'Files.', effect: 'once', run: async () => ({}), output: { type: 'object' },
          input: { type: 'object', properties: { drawer: { type: 'integer', description: 'Which.' } }, required: ['drawer'] } } } };`,
    );
    const { out } = await run();
    expect(out).toMatch(/! plugin "torn" is left out: /);
    expect(JSON.stringify(await read('workflows.schema.json'))).toContain('"desk.file"');
  });

  it.each<[string, string[], RegExp]>([
    ['a file that cannot be read', ['--file', 'none.yaml'], /"none\.yaml" cannot be read: it does not exist/],
    ['a place that is no JSON file', ['--out', 'workflows.yaml'], /"workflows\.yaml" must end in "\.json"/],
    ['a folder that is not there', ['--out', 'none/a.json'], /cannot be written: ENOENT/],
    ['an argument too many', ['workflows.yaml'], /one argument too many/],
  ])('explains %s and exits with 2', async (_case, args, message) => {
    const { code, err } = await run(...args);
    expect([code, err]).toEqual([2, expect.stringMatching(message) as string]);
    expect(await readFile(join(cwd, 'workflows.yaml'), 'utf8')).toBe(example);
  });

  it('of a folder takes files that leave the workflows to others, and asks for the line in each', async () => {
    await rm(join(cwd, 'workflows.yaml'));
    await mkdir(join(cwd, 'workflows'));
    const at = example.indexOf('\nworkflows:');
    await writeFile(join(cwd, 'workflows/base.yaml'), `${example.slice(0, at)}\n`);
    await writeFile(join(cwd, 'workflows/calls.yaml'), `version: 1${example.slice(at)}`);
    const { code, out } = await run();
    expect(code).toBe(0);
    expect(out).toContain('Put this line at the top of workflows/base.yaml, workflows/calls.yaml:');
    expect(out).toContain('$schema=../workflows.schema.json');
    const validate = new Ajv({ strict: false, formats: { uri: formats['uri']?.test ?? true } }).compile(
      await read('workflows.schema.json'),
    );
    for (const text of [example.slice(0, at), `version: 1${example.slice(at)}`]) {
      expect([validate(parse(text)), validate.errors]).toEqual([true, null]);
    }
  });

  it('explains itself', async () => {
    expect(await run('--help')).toMatchObject({ code: 0, out: expect.stringMatching(/^hookline schema\n/) as string });
  });
});
