// Events on their way from the receiver to the matcher: in memory while it keeps up, found in the store otherwise.

import type { Event } from '../core/model.ts';
import type { Store } from '../store/store.ts';

export interface Inbox {
  /** A new event, after it was stored. */
  add(event: Event): void;
  /** The oldest ones, at most `limit`; empty when there is nothing to plan. */
  take(limit: number): Promise<readonly Event[]>;
  /** Events may be stored that are not here: they are looked for in the store. */
  missed(): void;
}

/** Bytes of bodies that wait in memory; beyond, events are read from the store again. */
const mostBytes = 16 * 1024 * 1024;

/** At first the store is looked through: the process before may have left events. */
export function createInbox(store: Pick<Store, 'pending'>): Inbox {
  let waiting: Event[] = [];
  let bytes = 0;
  let scan = true;
  const clear = () => {
    waiting = [];
    bytes = 0;
  };
  const lookThrough = async (limit: number) => {
    try {
      const found = await store.pending(limit);
      scan ||= found.length > 0;
      return found;
    } catch (error) {
      scan = true;
      throw error;
    }
  };
  return {
    add: (event) => {
      bytes += event.body.byteLength + 200;
      if (bytes <= mostBytes) waiting.push(event);
      else scan = true;
    },
    take: async (limit) => {
      if (scan) {
        // Whatever waits here is stored, so the scan finds it too.
        clear();
        // Whoever misses one meanwhile asks for another look.
        scan = false;
        const found = await lookThrough(limit);
        if (found.length > 0) return found;
      }
      const taken = waiting.splice(0, limit);
      for (const event of taken) bytes -= event.body.byteLength + 200;
      return taken;
    },
    missed: () => {
      scan = true;
    },
  };
}

/** The store as the receiver is given it: an accept that failed may have been made after all, and then nobody else tells of it. */
export function watchAccepts(
  store: Pick<Store, 'accept' | 'refuse'>,
  missed: () => void,
): Pick<Store, 'accept' | 'refuse'> {
  return {
    accept: async (batch) => {
      try {
        return await store.accept(batch);
      } catch (error) {
        missed();
        throw error;
      }
    },
    refuse: (batch) => store.refuse(batch),
  };
}
