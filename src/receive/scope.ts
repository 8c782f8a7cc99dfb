// What expressions read as `event`: the stored bytes, read by the source as they were at the door.

import type { Event } from '../core/model.ts';
import { alertSource } from '../workflow/alerts.ts';
import type { EventScope, Workflows } from '../workflow/compile.ts';
import { readEvent } from './identify.ts';
import type { Recent } from './recent.ts';
import type { ReadySource } from './source.ts';

/** An event whose source is gone from the live file is read by the source of the file its run began with. */
export function createReadScope(
  sources: () => ReadonlyMap<string, ReadySource>,
  recent: Recent,
): (event: Event, workflows: Workflows) => EventScope {
  return (event, workflows) => {
    const ready = sources().get(event.source);
    const declared = ready?.source ?? workflows.sources.get(event.source)?.source;
    const source = event.source === alertSource.name ? alertSource : declared;
    const { id, type, source: name, time } = event;
    const read = recent.find(id) ?? (source ? readEvent(source, ready?.settings ?? {}, event.body) : unread);
    return {
      id,
      type,
      source: name,
      time,
      receivedAt: new Date(event.receivedAt).toISOString(),
      get data() {
        return read.data;
      },
      body: read.body,
    };
  };
}

const unread = { data: null, body: null };
