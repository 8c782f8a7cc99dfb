// Sends lists and counts to the reading thread, which is started when somebody first asks.

import { startClient, type Client } from './client.ts';
import type { StartWorker } from './protocol.ts';

/** What people look at; nothing is decided by it. */
export type ListVerb = 'events' | 'eventRows' | 'deliveries' | 'runs' | 'tallies' | 'audits' | 'stats' | 'backlog';

/** `owner`: answers when the store is closed or broken, as it does for every other verb. */
export function openLists(owner: Client, data: StartWorker): Pick<Client, 'call' | 'close'> {
  let reader: Promise<Client> | undefined;
  let closed = false;
  const started = async (): Promise<Client> => {
    const running = await reader?.catch(() => undefined);
    if (running !== undefined && running.ended() === null) return running;
    reader = startClient(data, {}, 'reader');
    return reader;
  };
  return {
    call: async (verb, args) => {
      if (closed || owner.ended() !== null) return owner.call(verb, args);
      return (await started()).call(verb, args);
    },
    close: async () => {
      closed = true;
      await (await reader?.catch(() => undefined))?.close();
    },
  };
}
