// What was read of the newest events, so that matching and running do not read their bytes a second time.

import type { EventRead } from './identify.ts';

export interface Recent {
  remember(eventId: string, read: EventRead): void;
  /** Undefined for an event that is older, or from before this process. */
  find(eventId: string): EventRead | undefined;
}

export function createRecent(most: number): Recent {
  const reads = new Map<string, EventRead>();
  return {
    remember: (eventId, read) => {
      reads.set(eventId, read);
      if (reads.size <= most) return;
      const [oldest] = reads.keys();
      if (oldest !== undefined) reads.delete(oldest);
    },
    find: (eventId) => reads.get(eventId),
  };
}
