// `hookline dev`: everything on a temporary store with the sandbox of every connector in use; never leaves the machine.

import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { startApp, type App, type AppOptions } from '../app.ts';
import { HostError } from '../core/errors.ts';
import { createLog, createRedactor } from '../core/log.ts';
import { readSettings } from '../core/settings.ts';
import { formatProblem } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import { pluginsPath, workflowsPath } from './load-file.ts';
import { untilSignal } from './process.ts';
import { printHappening } from './print.ts';
import { send } from './send.ts';

const help = `hookline dev [file] [--no-sample]

Runs receiver, engine and the sandbox of every connector in use on a temporary store.
Needs no credentials and never leaves this machine, whatever the environment holds.
A change of the workflow file is loaded at once; problems are printed, and the file before goes on.
Ctrl-C ends it, and so does closing the terminal (SIGHUP); nothing is kept.

  file         a file, or a folder whose *.yaml files are loaded as one;
               default: ./workflows.yaml, else ./workflows/, else the example that comes with Hookline
  --no-sample  do not post a signed sample event at the start

PORT and ADMIN_PORT choose the ports (3000 and 3001; free ones when those are taken).`;

export async function dev(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    io.out(help);
    return 0;
  }
  const folder = await mkdtemp(join(tmpdir(), 'hookline-dev-'));
  const file = workflowFile(io.cwd, positionals[0]);
  const signal = untilSignal('SIGINT', 'SIGTERM', 'SIGHUP');
  try {
    const loaded: { again?: () => void } = {};
    const { app, token, code } = await start(io, file, folder, (happening) => {
      if (happening.kind === 'config' && happening.status === 'accepted') loaded.again?.();
      // The start itself is told by the welcome.
      const line = happening.kind === 'config' && !loaded.again ? null : printHappening(happening, io.color);
      if (line !== null) io.out(line);
    });
    const write = () => writeDevFile(io.cwd, app, token, pluginsPath(io, file));
    let writing = write();
    const dev = await writing;
    welcome(io, app, file, code);
    loaded.again = () => {
      writing = writing.then(write, write);
    };
    if (!values['no-sample']) await sample(io, app);
    await signal;
    io.out('');
    await app.stop();
    await writing.catch(() => undefined);
    await rm(dev, { force: true });
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function parse(args: readonly string[]) {
  try {
    const options = { 'no-sample': { type: 'boolean' }, help: { type: 'boolean', short: 'h' } } as const;
    return parseArgs({ args: [...args], options, allowPositionals: true });
  } catch (error) {
    throw new HostError('input.invalid', { what: (error as Error).message });
  }
}

function workflowFile(cwd: string, given: string | undefined): string {
  if (given !== undefined) return resolve(cwd, given);
  // Whatever the environment holds, as everywhere in dev.
  const { path } = workflowsPath({ cwd, env: {} }, undefined);
  return existsSync(path) ? path : fileURLToPath(new URL('../../workflows.example.yaml', import.meta.url));
}

async function start(io: Io, file: string, folder: string, notify: AppOptions['notify']) {
  const redactor = createRedactor();
  const token = randomBytes(24).toString('base64url');
  const code = randomBytes(18).toString('base64url');
  const secrets = new Map<string, string>();
  // One secret a name, in a form that text and base64 schemes both take.
  const secret = (name: string) => {
    const value = secrets.get(name) ?? `whsec_${randomBytes(24).toString('base64')}`;
    secrets.set(name, value);
    return value;
  };
  const set = (name: string) => (io.env[name] ?? '').trim() !== '';
  const settings = (ports: Record<string, string | undefined>) =>
    readSettings({
      REQUEST_TIMEOUT: io.env['REQUEST_TIMEOUT'],
      PORT: io.env['PORT'],
      ADMIN_PORT: io.env['ADMIN_PORT'],
      ...ports,
    });
  const options = (ports: Record<string, string | undefined>): AppOptions => ({
    settings: settings(ports),
    dataDir: folder,
    file,
    pluginsDir: pluginsPath(io, file),
    sandbox: true,
    alone: 'text',
    secret,
    adminToken: token,
    signInCode: code,
    redactor,
    log: createLog({ level: 'warn', redactor, destination: { write: (line) => io.err(plainLog(line)) } }),
    clock: Date.now,
    notify,
    onProblems: (problems, files) => {
      for (const problem of problems) io.err(formatProblem(problem, files, { color: io.color }));
    },
  });
  const app = await startApp(options({})).catch((error: unknown) => {
    if (!(error instanceof HostError) || error.code !== 'port.taken' || (set('PORT') && set('ADMIN_PORT'))) throw error;
    return startApp(options({ PORT: io.env['PORT'] ?? '0', ADMIN_PORT: io.env['ADMIN_PORT'] ?? '0' }));
  });
  return { app, token, code };
}

/** What `send`, `sandbox` and the other commands read; only its owner may. */
async function writeDevFile(cwd: string, app: App, token: string, plugins: string): Promise<string> {
  const folder = join(cwd, '.hookline');
  const file = join(folder, 'dev.json');
  const sources = Object.fromEntries(
    [...app.sources].map(([name, ready]) => [
      name,
      { uses: ready.source.name, secret: ready.secrets[0] ?? '', settings: ready.settings },
    ]),
  );
  await mkdir(folder, { recursive: true });
  await writeFile(
    `${file}.new`,
    JSON.stringify({ pid: process.pid, url: app.url, adminUrl: app.adminUrl, token, plugins, sources }, null, 2),
    {
      mode: 0o600,
    },
  );
  await rename(`${file}.new`, file);
  return file;
}

function welcome(io: Io, app: App, file: string, code: string): void {
  const bold = (text: string) => (io.color ? `\u001b[1m${text}\u001b[22m` : text);
  const names = [...app.workflows.workflows.keys()].join(', ');
  io.out('');
  io.out(`  ${bold('Hookline')} runs ${bold(basename(file))} (${names}) with sandboxes; nothing leaves this machine.`);
  io.out('');
  for (const name of app.sources.keys()) io.out(`  post to        ${bold(`${app.url}/webhooks/${name}`)}`);
  const sample = sampleOf(app);
  if (sample) io.out(`  send a sample  ${bold(`npx hookline send ${sample.source} ${sample.type}`)}`);
  io.out(`  console        ${bold(`${app.adminUrl}/#/enter/${code}`)}`);
  io.out(`  what arrived   ${bold('npx hookline sandbox')}`);
  io.out(`  what happened  ${bold('npx hookline events')}, ${bold('npx hookline runs')}`);
  io.out('');
}

/** An event of a catalogue that a workflow of this file waits for; else the first there is. */
function sampleOf(app: App): { readonly source: string; readonly type: string } | undefined {
  const all = [...app.sources.values()].flatMap(({ name, source }) =>
    Object.keys(source.events).map((type) => ({ source: name, type })),
  );
  return all.find(({ source, type }) => app.workflows.text.includes(`${source}:${type}`)) ?? all[0];
}

async function sample(io: Io, app: App): Promise<void> {
  const found = sampleOf(app);
  if (found) await send([found.source, found.type, '--new'], { ...io, out: () => undefined });
}

/** A line of the log as people read it. */
export function plainLog(line: string): string {
  const { msg, error } = JSON.parse(line) as { msg: string; error?: { message?: string } | string };
  const why = typeof error === 'string' ? error : error?.message;
  return why ? `${msg}: ${why}` : msg;
}
