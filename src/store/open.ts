// Chooses the store: PostgreSQL where a database is named, else the embedded one. The only place that does.

import { HostError } from '../core/errors.ts';
import type { Log } from '../core/log.ts';
import type { Time } from '../core/model.ts';
import type { Store } from './store.ts';

export interface OpenStore {
  /** `postgres://…`, a secret; empty: the embedded store. */
  readonly url: string;
  /** Folder of the embedded store. */
  readonly dir: string;
  /** Most bytes of the embedded store; 0: only the disk limits it. */
  readonly budgetBytes?: number;
  /** Most connections to the database. */
  readonly connections: number;
  /** How long a replica may be silent before others take its runs. */
  readonly leaseMs: number;
  readonly clock: () => Time;
  readonly log: Pick<Log, 'warn'>;
  /** Hears why, when the store can never work again in this process. */
  readonly onStoreEnd?: (why: string) => void;
}

/** Rejects with `database.invalid`, `store.unavailable`, `store.newer`, `store.locked` or `store.unwritable`. */
export async function openStore({ url, dir, budgetBytes = 0, onStoreEnd, ...options }: OpenStore): Promise<Store> {
  if (url === '') return (await import('./sqlite/open.ts')).openSqliteStore({ dir, budgetBytes, onEnd: onStoreEnd });
  if (!/^postgres(ql)?:\/\/./.test(url)) throw new HostError('database.invalid');
  return (await import('./postgres/open.ts')).openPostgresStore({ url, ...options });
}
