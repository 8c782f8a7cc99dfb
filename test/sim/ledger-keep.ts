// The model of the store: pages, counts and what is removed after its time.

import type { Delivery, Event } from '../../src/core/model.ts';
import type { Page, Retention, Stats } from '../../src/store/store.ts';
import type { Tables } from './tables.ts';

/** Newest first. */
export function pageOf<T extends { readonly id: string }>(
  rows: ReadonlyMap<string, T>,
  filter: Readonly<Record<string, string | undefined>>,
  { limit, before }: Page,
): T[] {
  const wanted = Object.entries(filter).filter(([, value]) => value !== undefined);
  return [...rows.values()]
    .filter((row) => wanted.every(([name, value]) => (row as Record<string, unknown>)[name] === value))
    .filter((row) => before === undefined || row.id < before)
    .sort((a, b) => (a.id < b.id ? 1 : -1))
    .slice(0, Math.max(1, Math.min(500, limit)));
}

export function statsOf({ events, deliveries, runs }: Tables): Stats {
  const count = <Status extends string>(rows: Iterable<{ readonly status: Status }>, names: readonly Status[]) => {
    const counts = Object.fromEntries(names.map((name) => [name, 0])) as Record<Status, number>;
    for (const { status } of rows) counts[status] += 1;
    return counts;
  };
  const all = [...runs.values()].map(({ run }) => run);
  const due = all.flatMap(({ dueAt }) => (dueAt === null ? [] : [dueAt]));
  return {
    events: count<Event['status']>(events.values(), ['pending', 'matched', 'ignored']),
    runs: count(all, ['pending', 'running', 'waiting', 'held', 'succeeded', 'failed', 'canceled']),
    deliveries: count<Delivery['status']>(deliveries.values(), ['accepted', 'duplicate', 'refused']),
    oldestDueAt: due.length > 0 ? Math.min(...due) : null,
    bytes: 0,
  };
}

/** Everything of the first kind that has something past its time: runs, then their events, then what stands alone. */
export function pruneLedger({ runs, events, deliveries, marks }: Tables, now: number, keep: Retention): number {
  const ended = (ms: number, ...statuses: string[]) =>
    [...runs.values()].filter(({ run }) => statuses.includes(run.status) && (run.endedAt ?? now) <= now - ms);
  const old = now - keep.deliveriesMs;
  const busy = new Set([...runs.values()].map(({ run }) => run.eventId));
  const idle = [...events.values()].filter(
    ({ id, status, receivedAt }) => status !== 'pending' && receivedAt <= old && !busy.has(id),
  );
  const kinds = [
    remove(runs, [...ended(keep.succeededMs, 'succeeded', 'canceled'), ...ended(keep.failedMs, 'failed')]),
    () => {
      const gone = new Set(idle.map(({ id }) => id));
      const rows = [...deliveries.values()].filter(({ eventId }) => eventId !== null && gone.has(eventId));
      remove(deliveries, rows)();
      return remove(events, idle)();
    },
    remove(
      deliveries,
      [...deliveries.values()].filter(({ alone, receivedAt }) => alone && receivedAt <= old),
    ),
    remove(
      marks,
      [...marks].filter(([, { keepUntil }]) => keepUntil <= now).map(([id]) => ({ id })),
    ),
  ];
  for (const kind of kinds) {
    const removed = kind();
    if (removed > 0) return removed;
  }
  return 0;
}

function remove(rows: Map<string, unknown>, gone: readonly { readonly id: string }[]): () => number {
  return () => {
    for (const { id } of gone) rows.delete(id);
    return gone.length;
  };
}
