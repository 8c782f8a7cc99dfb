// The store as a plain model in memory: what every adapter must do, without a disk, a thread or a statement.

import type { AcceptDelivery, Accepted, RefuseDelivery, Store } from '../../src/store/store.ts';
import { pageOf, pruneLedger, statsOf } from './ledger-keep.ts';
import { claimVerbs, runVerbs } from './ledger-runs.ts';
import { byId, type Ledger, type Tables } from './tables.ts';

export function createLedger(): Ledger {
  const tables: Tables = {
    marks: new Map(),
    events: new Map(),
    deliveries: new Map(),
    runs: new Map(),
    configs: new Map(),
    connections: new Map(),
  };
  const { events, deliveries, configs, connections } = tables;
  return {
    ...runVerbs(tables),
    ...claimVerbs(tables),
    accept: (batch) => batch.map((item) => ({ ok: true, value: acceptOne(tables, item) })),
    refuse: (batch) => {
      for (const item of batch) keepRefused(tables, item);
    },
    pending: (limit) => byId(events, ({ status }) => status === 'pending').slice(0, limit),
    event: (id) => events.get(id) ?? null,
    events: ({ type, source, status }, page) => pageOf(events, { type, source, status }, page),
    deliveries: ({ eventId, status }, page) =>
      pageOf(deliveries, { eventId, status }, page).map(({ alone: _alone, ...delivery }) => delivery),
    saveConfig: (config) => {
      configs.delete(config.hash);
      configs.set(config.hash, config);
    },
    config: (hash) => (hash === undefined ? [...configs.values()].at(-1) : configs.get(hash)) ?? null,
    setConnection: (state) => void connections.set(state.name, state),
    connections: () => [...connections.values()].toSorted((a, b) => (a.name < b.name ? -1 : 1)),
    stats: () => statsOf(tables),
    probe: () => undefined,
    prune: (now, retention) => pruneLedger(tables, now, retention),
    close: () => undefined,
  };
}

/** The ledger as a store that answers at once; what only tells people is not there. */
export function asStore(ledger: Ledger): Store {
  const verbs = Object.entries(ledger).map(([name, verb]) => [
    name,
    async (...args: readonly unknown[]) => (verb as (...args: readonly unknown[]) => unknown)(...args),
  ]);
  return Object.fromEntries(verbs);
}

function acceptOne({ marks, events, deliveries }: Tables, item: AcceptDelivery): Accepted {
  const { deliveryId, eventId, source, type, key, rule, time, receivedAt, keepUntil, headers, body } = item;
  const mark = JSON.stringify([source, key]);
  const found = marks.get(mark);
  const common = { id: deliveryId, source, receivedAt, headers, reason: null, size: body.byteLength };
  if (found && found.keepUntil > receivedAt) {
    const event = events.get(found.eventId);
    const differs = event !== undefined && Buffer.compare(event.body, body) !== 0;
    const repeat = { ...common, status: 'duplicate', eventId: found.eventId, body: differs ? body : null } as const;
    deliveries.set(deliveryId, { ...repeat, alone: event === undefined });
    return { status: 'duplicate', eventId: found.eventId, differs };
  }
  marks.set(mark, { eventId, keepUntil });
  const event = { id: eventId, source, type, key, rule, time, receivedAt, body };
  events.set(eventId, { ...event, status: 'pending', matched: [] });
  deliveries.set(deliveryId, { ...common, status: 'accepted', eventId, body: null, alone: false });
  return { status: 'accepted', eventId, differs: false };
}

function keepRefused({ deliveries }: Tables, item: RefuseDelivery): void {
  deliveries.set(item.id, { ...item, status: 'refused', eventId: null, alone: true });
}
