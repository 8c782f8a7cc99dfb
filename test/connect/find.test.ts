// Plugins are found, looked over and kept apart; the loading itself runs in a real Node process, as the product does.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConnectors } from '../../src/connect/find.ts';

const findUrl = new URL('../../src/connect/find.ts', import.meta.url).href;

const connector = (name: string, more = '') => `
import { defineAction, defineConnector } from 'hookline/plugin';
${more}
const hello = defineAction({
  description: 'Says hello.',
  input: { type: 'object', properties: { name: { type: 'string' } }, required: ['name'] },
  output: { type: 'object', properties: { text: { type: 'string' } } },
  effect: 'repeatable',
  run: async (client, input) => ({ text: client.word + ' ' + input.name }),
});
export default defineConnector({
  name: '${name}',
  description: 'Hello.',
  settings: { type: 'object', properties: { word: { type: 'string' } } },
  connect: (settings) => settings,
  actions: { hello },
});`;

const typed = connector('typed', 'const word: string = "x"; void word;').replace(
  '(client, input)',
  '(client: { word: string }, input: { name: string })',
);

const source = `
export default {
  name: 'sender', description: 'Sends.',
  scheme: { algorithm: 'hmac-sha256', signature: { header: 'x-signature' } },
  identify: (delivery) => ({ type: 'x', rule: 'none', data: delivery.body }),
  events: { x: { description: 'X.', data: { type: 'object' }, body: { type: 'object' }, samples: { plain: () => ({}) } } },
};`;

const change = (from: string, to: string) => connector('bad').replace(from, to);

/** File → text; a name that is broken says why. */
const files: Record<string, string> = {
  'typed.ts': typed,
  'plain.js': connector('plain'),
  'folder/index.ts': connector('folder', "import { part } from './part.ts'; void part;"),
  'folder/part.ts': 'export const part: number = 1;',
  'sender.js': source,
  'with-dep.js': connector('with-dep', "import { value } from 'some-dep'; if (value !== 41) throw new Error('dep');"),
  'node_modules/some-dep/package.json': '{ "name": "some-dep", "main": "index.js" }',
  'node_modules/some-dep/index.js': 'exports.value = 41;',
  'package.json': '{ "type": "module" }',
  // Left aside.
  '_shared.ts': 'export const a = 1;',
  'typed.test.ts': 'throw new Error("a test was loaded");',
  'types.d.ts': 'export {};',
  'notes.md': '# Notes',
  'empty/readme.md': 'no index',
};

const broken: Record<string, [string, string]> = {
  'enum.ts': ['enum A { b }\nexport default A;', 'enum is not supported'],
  'cut.ts': ['export default {\n  name: ', 'line 2'],
  'cut-js.js': ['export default { name: 1 +;', 'syntax error'],
  'throws.js': ['throw new Error("at import");', 'at import'],
  'missing-dep.js': ["import 'not-there';", "Cannot find package 'not-there'"],
  'no-default.ts': ['export const a = 1;', 'no default export'],
  'other-name.js': [connector('another'), 'it defines the name "another"'],
  'http.js': [connector('http'), '"http" already ships with Hookline'],
  'Upper.js': [connector('Upper'), 'must be lower-case letters'],
  '__proto__.js': ['export default {};', ''],
  'no-effect.js': [
    change("effect: 'repeatable',", '').replace("'bad'", "'no-effect'"),
    'action "hello": "effect" must be',
  ],
  'lookup.js': [change("'repeatable'", "'lookup'").replace("'bad'", "'lookup'"), 'has no "lookup"'],
  'schema.js': [
    change("{ type: 'string' }", "{ type: 'strin' }").replace("'bad'", "'schema'"),
    'action "hello": "input" is no usable JSON Schema',
  ],
  'keyword.js': [change('required:', 'requird:').replace("'bad'", "'keyword'"), 'unknown keyword: "requird"'],
  'secret.js': [
    change('connect:', "secrets: ['wrod'],\n  connect:").replace("'bad'", "'secret'"),
    '"secrets" names "wrod", which is no setting',
  ],
  'no-actions.js': ["export default { name: 'no-actions' };", 'it has no "actions"'],
  'no-scheme.js': ["export default { name: 'no-scheme', identify() {} };", 'neither "scheme" nor "verify"'],
};

interface Report {
  readonly connectorNames: string[];
  readonly sourceNames: string[];
  readonly broken: Record<string, string>;
  readonly said: string;
  readonly strange: unknown[];
  readonly stderr: string;
}

const run = promisify(execFile);

/** Finds the plugins of a folder in a process of its own and calls `typed.hello`, `plain.hello` and so on. */
async function find(dir: string, loadMs?: number): Promise<Report> {
  const options = JSON.stringify({ pluginsDir: dir, loadMs });
  const script = `
    const { findConnectors } = await import(${JSON.stringify(findUrl)});
    const found = await findConnectors(${options});
    const again = await findConnectors(${options});
    const said = [];
    for (const name of again.connectorNames) {
      const connector = await found.connector(name);
      const action = connector.actions.hello;
      if (action) said.push(name + ' ' + (await action.run(await connector.connect({ word: 'hello' }), { name: 'you' })).text);
    }
    const strange = [];
    for (const name of ['../../x', '/etc/passwd', 'https://evil.example/x.js', 'node:child_process', '__proto__', 'constructor'])
      strange.push((await found.connector(name)) ?? (await found.source(name)) ?? null);
    const { connectorNames, sourceNames } = found;
    console.log(JSON.stringify({ connectorNames, sourceNames, broken: Object.fromEntries(found.broken), said: said.join(', '), strange }));`;
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script], { cwd: tmpdir() });
  return { ...(JSON.parse(stdout) as Omit<Report, 'stderr'>), stderr };
}

let root: string;
let report: Report;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'hookline-plugins-'));
  const dir = join(root, 'plugins');
  const texts = { ...files, ...Object.fromEntries(Object.entries(broken).map(([name, [text]]) => [name, text])) };
  for (const [name, text] of Object.entries(texts)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), text);
  }
  await writeFile(join(root, 'outside.js'), connector('linked'));
  await symlink(join(root, 'outside.js'), join(dir, 'linked.js'));
  await symlink(join(dir, 'folder', 'part.ts'), join(dir, 'dangling.ts.gone'));
  await mkdir(join(dir, '..data'));
  await writeFile(join(dir, '..data', 'mounted.js'), connector('mounted'));
  await symlink(join('..data', 'mounted.js'), join(dir, 'mounted.js'));
  for (const twin of ['twin.js', 'twin/index.js']) {
    await mkdir(dirname(join(dir, twin)), { recursive: true });
    await writeFile(join(dir, twin), connector('twin'));
  }
  report = await find(dir);
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe('findConnectors', () => {
  it('loads TypeScript, JavaScript, folders, mounted files and a plugin with its own dependencies', () => {
    expect(report.said).toBe(
      'folder hello you, mounted hello you, plain hello you, typed hello you, with-dep hello you',
    );
  });

  it('loads a source', () => {
    expect(report.sourceNames).toContain('sender');
    expect(report.connectorNames).not.toContain('sender');
  });

  it('loads nothing else of the folder and prints nothing', () => {
    const good = ['folder', 'mounted', 'plain', 'typed', 'with-dep'];
    expect(report.connectorNames.filter((name) => !['slack', 'salesforce', 'email', 'http'].includes(name))).toEqual(
      good,
    );
    const names = [...Object.keys(broken).map((file) => file.replace(/\.\w+$/, '')), 'linked', 'twin'];
    expect(Object.keys(report.broken).toSorted()).toEqual(names.filter((name) => name !== '__proto__').toSorted());
    expect(report.stderr).toBe('');
  });

  it.each(Object.entries(broken).filter(([name]) => name !== '__proto__.js'))(
    'keeps %s apart and says why',
    (file, [, why]) => {
      const name = file.replace(/\.\w+$/, '');
      expect(report.broken[name]).toContain(why);
      expect(report.broken[name]).toContain(join(root, 'plugins', file));
    },
  );

  it('refuses a link out of the folder', () => {
    expect(report.broken['linked']).toContain('leads out of the plugins folder');
  });

  it('refuses two plugins of one name', () => {
    expect(report.broken['twin']).toContain('has the same name');
  });

  it('never makes a path, a URL or a module out of a name', () => {
    expect(report.strange).toEqual([null, null, null, null, null, null]);
  });

  it('finds what ships without a folder, and loads it when asked for', async () => {
    const found = await findConnectors({ pluginsDir: join(root, 'not-there') });
    expect(found.connectorNames).toEqual(['slack', 'salesforce', 'email', 'http']);
    expect(found.sourceNames).toContain('truedy');
    expect(found.broken.size).toBe(0);
    expect((await found.connector('http'))?.name).toBe('http');
    expect(await found.source('http')).toBeUndefined();
  });

  it('leaves out a plugin that waits for what never comes, and loads the others', async () => {
    const dir = join(root, 'waiting');
    await mkdir(dir);
    await writeFile(join(dir, 'never.js'), 'await new Promise(() => {});\nexport default {};');
    await writeFile(join(dir, 'plain.js'), connector('plain'));
    const found = await find(dir, 300);
    expect(found.broken).toEqual({
      never: `"${join(dir, 'never.js')}": it is not loaded after 0.3 s; what it awaits at its top level does not come`,
    });
    expect(found.said).toBe('plain hello you');
  });

  it('says so when the folder is no folder', async () => {
    const file = join(root, 'outside.js');
    await expect(findConnectors({ pluginsDir: file })).rejects.toMatchObject({ code: 'setting.invalid' });
  });
});
