// The receiver: its sources, its way from request to store, and the HTTP server in front of them.

import type { Log } from '../core/log.ts';
import type { Event, Happening } from '../core/model.ts';
import type { Settings } from '../core/settings.ts';
import { createBatcher } from '../store/batch.ts';
import type { AcceptDelivery, Accepted, Settled, Store } from '../store/store.ts';
import { createHttp } from './http.ts';
import type { EventRead } from './identify.ts';
import { createRecorder } from './record.ts';
import { createRefusals } from './refusals.ts';
import { createRoute } from './route.ts';
import { prepareSource, type PreparedSource, type ReadySource } from './source.ts';

export interface ReceiverParts {
  readonly store: Pick<Store, 'accept' | 'refuse'>;
  readonly sources: ReadonlyMap<string, ReadySource>;
  readonly clock: () => number;
  readonly random: (size: number) => Uint8Array;
  readonly log: Log;
  readonly settings: Pick<
    Settings,
    'HOST' | 'PORT' | 'BODY_LIMIT' | 'REQUEST_TIMEOUT' | 'SHUTDOWN_GRACE' | 'KEEP_KEYS' | 'KEEP_CONTENT_KEYS'
  >;
  readonly notify: (happening: Happening) => void;
  /** Hash of the configuration in use, if none of its workflows takes such an event. */
  readonly ignoredBy: (kind: { readonly source: string; readonly type: string }) => string | undefined;
  /** Takes over a new event, `pending` or `ignored`, and what was read of it, so that its bytes need not be read again. */
  readonly arrived: (event: Event, read: EventRead) => void;
  readonly ready: () => Promise<{ readonly ok: boolean; readonly detail: Record<string, unknown> }>;
  /** Why only a restart can help; null while the process may work. */
  readonly dead?: () => string | null;
}

export interface Receiver {
  /** Rejects with `port.taken`. */
  start(): Promise<{ readonly url: string }>;
  /** Takes no more requests, and resolves when those under way are answered. */
  stop(): Promise<void>;
  /** Requests that are already being read are judged by the new sources. */
  setSources(sources: ReadonlyMap<string, ReadySource>): void;
}

/** Deliveries of one batch at most, and batches on their way to the store at the same time. */
const grouping = { maxItems: 512, parallel: 4 };

export function createReceiver(parts: ReceiverParts): Receiver {
  const { log, settings } = parts;
  let sources = new Map<string, PreparedSource>();
  const setSources = (ready: ReadonlyMap<string, ReadySource>) => {
    sources = new Map([...ready].map(([name, source]) => [name, prepareSource(source)]));
    for (const { name, fault } of sources.values()) {
      if (fault !== null) log.error(`source "${name}" is answered 503: ${fault}`);
    }
  };
  setSources(parts.sources);
  const refusals = createRefusals(parts);
  const batcher = createBatcher<AcceptDelivery, Settled<Accepted>>({
    run: (items) => parts.store.accept(items),
    ...grouping,
  });
  const accept = async (item: AcceptDelivery) => {
    const settled = await batcher.add(item);
    if (!settled.ok) throw settled.error;
    return settled.value;
  };
  const route = createRoute({
    source: (name) => sources.get(name),
    recorder: createRecorder({ ...parts, accept, refusals, notify: safely(parts) }),
    keep: { keysMs: settings.KEEP_KEYS, contentKeysMs: settings.KEEP_CONTENT_KEYS },
    clock: parts.clock,
    log,
  });
  const http = createHttp({ ...parts, route });
  return {
    setSources,
    start: () => http.listen(),
    stop: async () => {
      await http.close();
      await refusals.flush();
    },
  };
}

/** Whoever watches cannot take an answer away. */
function safely({ notify, log }: ReceiverParts): (happening: Happening) => void {
  return (happening) => {
    try {
      notify(happening);
    } catch (error) {
      log.error('a watcher of deliveries failed', { error: error instanceof Error ? error.message : String(error) });
    }
  };
}
