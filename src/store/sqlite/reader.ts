// The store's second thread: lists and counts for people, on a connection of its own, so that none of them stands before a
// delivery. It sees what is committed.

import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { parentPort, receiveMessageOnPort, workerData, type MessagePort } from 'node:worker_threads';
import { breakdownOf, StoreFault, toFault } from './fault.ts';
import type { Answer, Reply, Request, StartWorker } from './protocol.ts';
import { createSql, type Sql } from './sql.ts';
import { reads, type ReadVerb } from './verbs.ts';

if (parentPort !== null) start(parentPort, workerData as StartWorker);

function start(port: MessagePort, { dir }: StartWorker): void {
  const reply = (message: Reply) => port.postMessage(message);
  port.on('message', (first: Request) => {
    let ends = false;
    withDatabase(dir, (sql) => {
      for (let next: Request | undefined = first; next !== undefined; next = take(port)) {
        if (next.verb === 'close') ends = true;
        else reply({ kind: 'answers', answers: [answer(sql, next)], commit: null });
      }
    });
    if (ends) port.close();
  });
  reply({ kind: 'ready' });
}

function take(port: MessagePort): Request | undefined {
  return receiveMessageOnPort(port)?.message as Request | undefined;
}

/**
 * Open only while there is something to read: in between the owner's handle is the only one, and what it does after an I/O
 * error (closing, and reading the log anew) means what it says.
 */
function withDatabase(dir: string, work: (sql: () => Sql) => void): void {
  let database: DatabaseSync | undefined;
  let sql: Sql | undefined;
  try {
    work(() => {
      database ??= new DatabaseSync(join(dir, 'hookline.db'), { readOnly: true, timeout: 1000 });
      sql ??= createSql(database);
      return sql;
    });
  } finally {
    database?.close();
  }
}

function answer(sql: () => Sql, { id, verb, args }: Request): Answer {
  try {
    const read = reads[verb as ReadVerb] as (...args: readonly unknown[]) => unknown;
    return { id, ok: true, value: read(sql(), ...args) };
  } catch (error) {
    const why = breakdownOf(error)?.why;
    return { id, ok: false, fault: toFault(why === undefined ? error : new StoreFault('store.unavailable', { why })) };
  }
}
