// `hookline serve`: production, with real credentials from the environment or files.

import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { startApp } from '../app.ts';
import { HostError } from '../core/errors.ts';
import { createLog, createRedactor, type Log } from '../core/log.ts';
import type { Happening } from '../core/model.ts';
import { databaseAddress, readSecret, readSettings, type Settings } from '../core/settings.ts';
import { formatProblem } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import { pluginsPath, workflowsPath } from './load-file.ts';
import { onHangup, untilSignal } from './process.ts';

const help = `hookline serve

Runs the receiver and the engine with real credentials.

Settings come from the environment: PORT, HOST, DATA_DIR, WORKFLOWS, ADMIN_TOKEN and others (docs/reference/settings.md).
A change of the workflow file is loaded while it runs; SIGHUP does so too, and reads secrets from their files anew.
Each secret that the workflow file names comes from the variable of that name, or from the file that NAME_FILE names.`;

export async function serve(args: readonly string[], io: Io): Promise<number> {
  if (parse(args).values.help) {
    io.out(help);
    return 0;
  }
  const settings = readSettings(io.env);
  const redactor = createRedactor();
  const log = createLog({ level: settings.LOG_LEVEL, redactor });
  const file = workflowsPath(io, undefined).path;
  const dataDir = resolve(io.cwd, settings.DATA_DIR);
  const token = adminToken(io, settings);
  const databaseUrl = databaseAddress(io.env);
  const viewer = viewerToken(io, token);
  redactor.add([token, viewer, databaseUrl, URL.parse(databaseUrl)?.password ?? '']);
  const asked = untilSignal('SIGINT', 'SIGTERM');
  const hangup = onHangup();
  const app = await startApp({
    settings,
    dataDir,
    databaseUrl,
    file,
    pluginsDir: pluginsPath(io, file),
    sandbox: false,
    alone: 'json',
    secret: (name) => readSecret(io.env, name),
    adminToken: token,
    viewerToken: viewer,
    redactor,
    log,
    clock: Date.now,
    onStoreEnd: (why) => storeEnded(log, why),
    notify: (happening) => note(log, happening),
    onProblems: (problems, files) =>
      problems.forEach((problem) => io.err(formatProblem(problem, files, { color: io.color }))),
  });
  hangup.call = () => app.reload();
  const removeToken = leaveToken(io, dataDir, token);
  log.info('Hookline is ready', {
    receiver: app.url,
    admin: app.adminUrl,
    workflows: app.workflows.workflows.size,
    file,
  });
  const signal = await asked;
  log.info('stopping', { signal });
  await app.stop();
  removeToken();
  log.info('stopped');
  return 0;
}

/** Nothing can be stored any more, not even how an attempt ends: that is found out at the next start. */
function storeEnded(log: Log, why: string): void {
  log.error('the store has ended, and so does this process: start it again', { why });
  process.exit(1);
}

/** For the commands of this machine, when nobody gave one. Returns what removes it. */
function leaveToken(io: Io, dataDir: string, token: string): () => void {
  const file = join(dataDir, 'admin-token');
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  if (hasToken(io)) return () => undefined;
  writeFileSync(file, `${token}\n`, { mode: 0o600 });
  return () => rmSync(file, { force: true });
}

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: { help: { type: 'boolean', short: 'h' } } });
  } catch (error) {
    throw new HostError('input.invalid', { what: (error as Error).message });
  }
}

const hasToken = (io: Io) => (io.env['ADMIN_TOKEN'] ?? '') !== '' || (io.env['ADMIN_TOKEN_FILE'] ?? '') !== '';

/** Who has it may look and not act; empty when none is set. */
function viewerToken(io: Io, token: string): string {
  if ((io.env['VIEWER_TOKEN'] ?? '') === '' && (io.env['VIEWER_TOKEN_FILE'] ?? '') === '') return '';
  const viewer = readSecret(io.env, 'VIEWER_TOKEN');
  if (viewer.length < 32 || viewer === token) throw new HostError('viewer.token');
  return viewer;
}

/** The token given; on a loopback address one is made, and left in the data folder for the commands of this machine. */
function adminToken(io: Io, settings: Settings): string {
  const host = settings.ADMIN_HOST;
  const loopback = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (!hasToken(io)) {
    if (!loopback) throw new HostError('admin.token', { host });
    return randomBytes(32).toString('base64url');
  }
  const token = readSecret(io.env, 'ADMIN_TOKEN');
  if (token.length < 32) throw new HostError('admin.token', { host });
  return token;
}

/** One line for what an operator wants to see; payloads stay out of the log. */
function note(log: Log, happening: Happening): void {
  const { kind, ...fields } = happening;
  if (happening.kind === 'delivery') {
    if (happening.status === 'refused') log.warn('delivery', fields);
    else log.debug('delivery', fields);
  }
  if (kind === 'run') log.info('run', fields);
  if (kind === 'step' || kind === 'event') log.debug(kind, fields);
  if (happening.kind === 'attempt') {
    const { output: _, ...rest } = happening;
    if (happening.status === 'succeeded') log.debug('attempt', rest);
    else log.warn('attempt', rest);
  }
  if (happening.kind === 'workflow') {
    const { workflow, paused } = happening;
    log.info(paused ? 'workflow is paused; its runs are held' : 'workflow goes on', { workflow });
  }
  if (happening.kind === 'connection') {
    const { status, ...rest } = happening.state;
    if (status === 'ok') log.info('connection works', rest);
    else
      log.error(
        status === 'open' ? 'connection is down; its runs wait' : 'connection is paused; its runs are held',
        rest,
      );
  }
}
