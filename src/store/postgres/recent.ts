// Events that this process has just received and planned: its claims need not read them back.

import type { Event } from '../../core/model.ts';
import type { AcceptDelivery, Accepted, PlanEvent, Planned, Settled } from '../store.ts';

export interface Recent {
  received(batch: readonly AcceptDelivery[], answers: readonly Settled<Accepted>[]): void;
  planned(batch: readonly PlanEvent[], planned: readonly Planned[]): void;
  /** As it is stored. Undefined: it was received or planned elsewhere, or long ago. */
  find(id: string): Event | undefined;
}

/** `mostBytes`: of bodies; beyond, the oldest are forgotten. */
export function createRecent(mostBytes = 8 * 1024 * 1024): Recent {
  const events = new Map<string, Event>();
  let bytes = 0;
  const forget = (event: Event) => {
    if (events.delete(event.id)) bytes -= sizeOf(event);
  };
  const add = ({ eventId: id, source, type, key, rule, time, receivedAt, body }: AcceptDelivery) => {
    const event: Event = { id, source, type, key, rule, time, receivedAt, status: 'pending', matched: [], body };
    events.set(id, event);
    bytes += sizeOf(event);
    for (const oldest of events.values()) {
      if (bytes <= mostBytes) break;
      forget(oldest);
    }
  };
  return {
    received: (batch, answers) => {
      for (const [index, item] of batch.entries()) {
        const answer = answers[index];
        if (item.ignoredBy === undefined && answer?.ok && answer.value.status === 'accepted') add(item);
      }
    },
    planned: (batch, planned) => {
      for (const [index, { eventId, runs, config }] of batch.entries()) {
        const event = events.get(eventId);
        if (event === undefined) continue;
        // Without a run nobody asks for it; and another process may have planned it.
        if ((planned[index]?.runs.length ?? 0) === 0) forget(event);
        else {
          const matched = runs.map(({ workflow }) => workflow);
          events.set(eventId, { ...event, status: 'matched', matched, ...(config === undefined ? {} : { config }) });
        }
      }
    },
    find: (id) => {
      const event = events.get(id);
      return event?.status === 'matched' ? event : undefined;
    },
  };
}

/** With what else is kept of an event, about. */
function sizeOf({ body }: Event): number {
  return body.byteLength + 500;
}
