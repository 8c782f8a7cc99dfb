// This process as one of several on the same store: what it does when another did something, and whether all run by one workflow file.

import { hostname } from 'node:os';
import { storeError } from '../core/log.ts';
import type { News, Replica } from '../store/store.ts';
import type { EngineParts } from './parts.ts';
import { followOthers } from './pauses.ts';
import type { Worker } from './worker.ts';

/** Before anything is claimed. Does nothing where one process owns the store. */
export async function joinReplicas(
  parts: EngineParts,
  worker: Pick<Worker, 'wake' | 'missed'>,
  owner: string,
): Promise<void> {
  const { store, lanes, log } = parts;
  const { shared } = store;
  if (!shared) return;
  const config = () => parts.live().hash;
  let told: string | undefined;
  const reactions: Record<News, () => Promise<void> | void> = {
    runs: worker.wake,
    events: worker.missed,
    connections: async () => {
      await followOthers(parts);
      worker.wake();
    },
    replicas: async () => {
      const live = await shared.replicas();
      lanes.share(live.length);
      const agreed = agreement(live);
      if (agreed !== told)
        log[live.some((other) => other.config !== config()) ? 'warn' : 'info'](`replicas: ${agreed}`);
      told = agreed;
    },
  };
  const hear = async (news: News) => {
    try {
      await reactions[news]();
    } catch (error) {
      log.warn('news of another replica could not be followed', { news, error: storeError(error, parts.redactor) });
    }
  };
  await shared.join({ id: owner, host: hostname(), config, hear: (news) => void hear(news) });
}

/** How many there are, and whether all run by the same workflow file. */
export function agreement(live: readonly Replica[]): string {
  const files = new Set(live.map(({ config }) => config)).size;
  return `${live.length}, by ${files > 1 ? `${files} different workflow files` : 'the same workflow file'}`;
}
