// The examples of docs/guide/connectors.md, taken out of the document, put outside the checkout and really run.

import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startServer, type TestServer } from '../connect/server.ts';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../', import.meta.url));
const source = (path: string) => JSON.stringify(new URL(`../../src/${path}`, import.meta.url).href);

interface End {
  readonly status: string;
  readonly output?: unknown;
  readonly retryAfterMs?: number;
  readonly sent?: boolean | null;
  readonly credentials?: boolean;
}

interface Report {
  readonly names: string[];
  readonly broken: Record<string, string>;
  readonly problems: string[];
  readonly ends: End[];
  readonly shout: End;
  readonly checked: string;
  readonly recorded: string[];
  readonly stderr: string;
}

let server: TestServer;
let folder: string;
let report: Report;

/** A block of the guide by the file name in its first line; that line is left out of YAML. */
function blockOf(guide: string, name: string): string {
  const found = [...guide.matchAll(/```(?:ts|js|yaml)\n([\s\S]*?)```/g)].find(([, text]) => text?.includes(name));
  if (found?.[1] === undefined) throw new Error(`the guide has no block "${name}"`);
  return found[1];
}

/** Runs in a Node process of its own, as the product does: finds, checks the workflow, opens and calls. */
const script = (pluginsDir: string, baseUrl: string) => `
  const { findConnectors } = await import(${source('connect/find.ts')});
  const { openConnections } = await import(${source('connect/connection.ts')});
  const { createSending } = await import(${source('connect/sending.ts')});
  const { createRedactor } = await import(${source('core/log.ts')});
  const { callAction } = await import(${source('run/attempt.ts')});
  const { loadWorkflows } = await import(${source('workflow/load.ts')});
  const { readFile } = await import('node:fs/promises');
  const silent = () => {};
  const log = { debug: silent, info: silent, warn: silent, error: silent };
  const found = await findConnectors({ pluginsDir: ${JSON.stringify(pluginsDir)} });
  const text = await readFile(${JSON.stringify(join(pluginsDir, '..', 'workflows.yaml'))}, 'utf8');
  const { problems } = await loadWorkflows({ file: 'workflows.yaml', text }, found);
  const sending = createSending();
  const open = async (sandbox) => openConnections({
    configs: [
      { name: 'notes', connector: await found.connector('acme'), settings: { baseUrl: ${JSON.stringify(baseUrl)}, token: 'T' } },
      { name: 'shout', connector: await found.connector('shout'), settings: {} },
    ],
    sending, allow: ['127.0.0.1'], sandbox, log, now: () => 0, redactor: createRedactor(),
  });
  const connections = await open(false);
  const call = (from, name, action, input) => {
    const connection = from.get(name);
    return callAction(sending, {
      action: connection.connector.actions[action], client: connection.client, input, key: 'k'.repeat(64), number: 1,
      firstAt: 0, progress: undefined, timeoutMs: 2000, stop: new AbortController().signal, log,
    });
  };
  const ends = [];
  for (let i = 0; i < 6; i++) ends.push(await call(connections, 'notes', 'create-note', { contact: 'c1', text: 'hi' }));
  const shout = await call(connections, 'shout', 'shout', { text: 'hello' });
  const checked = await connections.get('notes').check().then(() => 'good', (error) => error.name);
  await connections.close();
  const dev = await open(true);
  for (let i = 0; i < 2; i++) await call(dev, 'notes', 'create-note', { contact: 'c1', text: 'in dev' });
  const recorded = dev.sandboxes().get('notes').list().map((item) => item.title);
  await dev.close();
  const names = [...found.connectorNames, ...found.sourceNames];
  console.log(JSON.stringify({
    names, broken: Object.fromEntries(found.broken), problems: problems.map((p) => p.message),
    ends, shout, checked, recorded,
  }));`;

/** What Acme answers, one after the other; then it knows the token no more. */
const answers: [number, Record<string, string>, string][] = [
  [201, { 'content-type': 'application/json' }, '{"id":"n1"}'],
  [201, { 'content-type': 'application/json' }, '{}'],
  [429, { 'retry-after': '9' }, ''],
  [503, {}, ''],
  [422, {}, ''],
  [401, {}, ''],
  [401, {}, ''],
];

beforeAll(async () => {
  server = await startServer((response) => {
    const [status, headers, body] = answers.shift() ?? [500, {}, ''];
    response.writeHead(status, headers).end(body);
  });
  folder = await mkdtemp(join(tmpdir(), 'hookline-guide-'));
  const plugins = join(folder, 'plugins');
  const guide = await readFile(join(root, 'docs/guide/connectors.md'), 'utf8');
  await mkdir(plugins);
  for (const name of ['acme.ts', '_acme-sandbox.ts', 'shout.js', 'acme-events.ts']) {
    await writeFile(join(plugins, name), blockOf(guide, `// plugins/${name}\n`));
  }
  await writeFile(join(plugins, 'broken.ts'), 'export default defineConnector({ name: ');
  await writeFile(join(folder, 'workflows.yaml'), blockOf(guide, '# workflows.yaml\n'));
  const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '-e', script(plugins, server.url)], {
    cwd: folder,
  });
  report = { ...(JSON.parse(stdout) as Omit<Report, 'stderr'>), stderr };
});
afterAll(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

describe('the guide', () => {
  it('gives connectors and a source that load from a folder outside the checkout', () => {
    expect(report.names).toEqual(expect.arrayContaining(['acme', 'shout', 'acme-events', 'slack', 'truedy']));
    expect(report.stderr).toBe('');
  });

  it('tells the truth about a broken file', () => {
    expect(Object.keys(report.broken)).toEqual(['broken']);
    expect(report.broken['broken']).toContain(join(folder, 'plugins', 'broken.ts'));
  });

  it('gives a workflow file without problems', () => {
    expect(report.problems).toEqual([]);
  });

  it('gives a connector that really does what it says, for every answer', () => {
    expect(server.requests[0]).toMatchObject({ method: 'POST', url: '/notes', body: '{"contact":"c1","text":"hi"}' });
    expect(server.requests[0]?.headers).toMatchObject({ authorization: 'Bearer T', 'idempotency-key': 'k'.repeat(64) });
    expect(report.ends).toMatchObject([
      { status: 'succeeded', output: { id: 'n1' }, sent: true },
      { status: 'in_doubt' },
      { status: 'retryable', retryAfterMs: 9000 },
      { status: 'in_doubt' },
      { status: 'rejected', credentials: false },
      { status: 'rejected', credentials: true },
    ]);
    expect(report.checked).toBe('ConnectionError');
    expect(report.shout).toMatchObject({ status: 'succeeded', output: { text: 'HELLO' } });
  });

  it('gives a sandbox that dev uses instead, and that keeps one note for one key', () => {
    expect(report.recorded).toEqual(['Note "in dev"']);
    expect(server.requests).toHaveLength(7);
  });

  it('gives TypeScript that the compiler accepts under the options it names', async () => {
    const plugins = join(folder, 'plugins');
    const acme = await readFile(join(plugins, 'acme.ts'), 'utf8');
    await writeFile(join(plugins, 'wrong.ts'), acme.replace('attempt.key', 'attempt.kay'));
    const options = {
      compilerOptions: {
        target: 'esnext',
        module: 'nodenext',
        types: ['node'],
        noEmit: true,
        strict: true,
        skipLibCheck: true,
        erasableSyntaxOnly: true,
        allowImportingTsExtensions: true,
        exactOptionalPropertyTypes: true,
        paths: { 'hookline/plugin': [join(root, 'src/plugin/index.ts')] },
      },
      files: ['acme.ts', '_acme-sandbox.ts', 'acme-events.ts', 'wrong.ts'].map((name) => `plugins/${name}`),
    };
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(options));
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }');
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
    const tsc = join(root, 'node_modules/typescript/bin/tsc');
    const { stdout } = await run(process.execPath, [tsc, '-p', folder]).catch((error: { stdout: string }) => error);
    expect(stdout.trim().split('\n')).toEqual([expect.stringMatching(/wrong\.ts.*'kay' does not exist/)]);
  });
});
