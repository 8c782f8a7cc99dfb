// Group commit: every write request that has arrived is served by one transaction and one wait for the disk.

import { failpoint } from '../../core/failpoint.ts';
import type { Database } from './database.ts';
import { StoreFault, breakdownOf, toFault } from './fault.ts';
import type { Answer, Request } from './protocol.ts';
import { settle, type Writing } from './savepoint.ts';
import { repeatable, writes, type WriteVerb } from './verbs.ts';

export interface Committed {
  readonly answers: readonly Answer[];
  /** Whether the disk was waited for. */
  readonly synced: boolean;
  /** The handle must not be used again. */
  readonly reopen: boolean;
}

/** What is refused when the budget is used up; everything else goes on, so that runs can end and leave. */
const intake: ReadonlySet<string> = new Set<WriteVerb>(['accept', 'refuse', 'probe']);

/** All requests stand or fall with the commit; one that fails for a reason of its own is undone alone. */
export function commitGroup(database: Database, requests: readonly Request[]): Committed {
  const full = requests.some(({ verb }) => intake.has(verb)) && database.isFull();
  if (!full) return commitOpen(database, requests);
  const fault = toFault(new StoreFault('store.full', {}));
  const open = requests.filter(({ verb }) => !intake.has(verb));
  const committed = open.length === 0 ? { answers: [], synced: false, reopen: false } : commitOpen(database, open);
  const known = new Map(committed.answers.map((answer) => [answer.id, answer]));
  return { ...committed, answers: requests.map(({ id }) => known.get(id) ?? { id, ok: false, fault }) };
}

function commitOpen(database: Database, requests: readonly Request[]): Committed {
  const synced = requests.some(({ verb }) => !repeatable.has(verb as WriteVerb));
  try {
    database.waitForDisk(synced);
    const answers = transact(database, requests, false) ?? transact(database, requests, true);
    return { answers: answers ?? [], synced, reopen: false };
  } catch (error) {
    undo(database);
    const { why, reopen } = breakdownOf(error) ?? { why: toFault(error).message, reopen: true };
    const fault = toFault(new StoreFault('store.unavailable', { why }));
    return { answers: requests.map(({ id }) => ({ id, ok: false, fault })), synced, reopen };
  }
}

/** Undefined: a request failed and all was undone. Savepoints cost, so they are used only after such a failure. */
function transact(database: Database, requests: readonly Request[], isolated: boolean): Answer[] | undefined {
  const { sql, marks } = database;
  sql.run('begin immediate');
  let answers: Answer[];
  try {
    answers = requests.map((request) => serve({ sql, marks, isolated }, request));
  } catch (error) {
    if (isolated || breakdownOf(error)) throw error;
    undo(database);
    return undefined;
  }
  if (requests.some(({ verb }) => verb === 'accept')) failpoint('after-insert-before-commit');
  sql.run('commit');
  return answers;
}

function serve(writing: Writing, { id, verb, args }: Request): Answer {
  const write = writes[verb as WriteVerb] as (writing: Writing, ...args: readonly unknown[]) => unknown;
  const settled = settle(writing, () => write(writing, ...args));
  return settled.ok ? { id, ok: true, value: settled.value } : { id, ok: false, fault: toFault(settled.error) };
}

/** Indexes some of the marks that wait for it. A power cut undoes that, and it is done again. */
export function indexMarks(database: Database): void {
  if (!database.marks.waiting()) return;
  database.waitForDisk(false);
  database.sql.run('begin immediate');
  try {
    database.marks.index();
    database.sql.run('commit');
  } catch (error) {
    undo(database);
    throw error;
  }
}

function undo(database: Database): void {
  database.marks.reset();
  if (!database.inTransaction()) return;
  try {
    database.sql.exec('rollback');
  } catch {
    // SQLite has rolled back by itself; the first error is the one to report.
  }
}
