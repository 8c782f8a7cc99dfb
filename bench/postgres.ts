// A PostgreSQL of the benchmarks' own, with the durability of production.

import { readdirSync, readFileSync } from 'node:fs';
import { Client } from 'pg';
import { startPostgres } from '../test/postgres/start.ts';

export interface Database {
  /** For DATABASE_URL. */
  readonly url: string;
  /** One value of one row. */
  ask(text: string): Promise<unknown>;
  /** Processor time of all its processes so far, in milliseconds. Linux only. */
  cpu(): number;
  stop(): Promise<void>;
}

export async function startDatabase(): Promise<Database> {
  const server = await startPostgres();
  const query = async (url: string, text: string) => {
    const client = new Client({ connectionString: url });
    await client.connect();
    const { rows } = await client.query<Record<string, unknown>>(text);
    await client.end();
    return rows[0] === undefined ? null : Object.values(rows[0])[0];
  };
  await query(`${server.url}/postgres`, 'create database bench');
  const url = `${server.url}/bench`;
  // Its first line is the process.
  const main = Number.parseInt(String(await query(url, "select pg_read_file('postmaster.pid')")), 10);
  return { url, ask: (text) => query(url, text), cpu: () => cpuOfAll(main), stop: () => server.stop() };
}

/** Clock ticks of a second in `/proc/<pid>/stat`. */
const ticksPerSecond = 100;

/** Of a process, those it started, and those of them that have ended. */
function cpuOfAll(pid: number): number {
  const children = readdirSync('/proc').filter((name) => /^\d+$/.test(name) && parentOf(Number(name)) === pid);
  const running = [pid, ...children.map(Number)].reduce((sum, each) => sum + ranOf(each), 0);
  const ended = statOf(pid).slice(13, 15).map(Number);
  return running + (ended.reduce((sum, ticks) => sum + ticks, 0) * 1000) / ticksPerSecond;
}

function ranOf(pid: number): number {
  return Number(read(`/proc/${pid}/schedstat`).split(' ')[0]) / 1e6;
}

function parentOf(pid: number): number {
  return Number(statOf(pid)[1]);
}

/** From the state on: the name before it may have spaces. */
function statOf(pid: number): string[] {
  return read(`/proc/${pid}/stat`)
    .replace(/^.*\) /s, '')
    .split(' ');
}

/** A process may end while it is looked at. */
function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
