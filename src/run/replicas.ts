// This process as one of several on the same store: what it does when another did something, and whether all run one configuration.

import { hostname } from 'node:os';
import { storeError } from '../core/log.ts';
import type { News, Replica } from '../store/store.ts';
import type { EngineParts } from './parts.ts';
import type { Worker } from './worker.ts';

export interface Replicas {
  /** What readiness says of them; null where one process owns the store. */
  detail(): Promise<ReplicaDetail | null>;
}

export interface ReplicaDetail {
  readonly live: readonly Replica[];
  /** `ok`, or how many run by another configuration. */
  readonly config: string;
}

/** Before anything is claimed. */
export async function joinReplicas(
  parts: EngineParts,
  worker: Pick<Worker, 'wake' | 'missed'>,
  owner: string,
): Promise<Replicas> {
  const { store, lanes, log } = parts;
  const { shared } = store;
  if (!shared) return { detail: async () => null };
  const config = () => parts.live().hash;
  const detail = async () => {
    const live = await shared.replicas();
    return { live, config: agreement(live, config()) };
  };
  let told = 'ok';
  const reactions: Record<News, () => Promise<void> | void> = {
    runs: worker.wake,
    events: worker.missed,
    connections: async () => {
      lanes.adopt(await store.connections());
      worker.wake();
    },
    replicas: async () => {
      const { config: agreed } = await detail();
      if (agreed !== told && agreed !== 'ok') log.warn(`configuration differs: ${agreed}`);
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
  return { detail };
}

function agreement(live: readonly Replica[], config: string): string {
  const others = live.filter((replica) => replica.config !== config).length;
  return others === 0 ? 'ok' : `${others} of ${live.length} replicas run by another workflow file than this one`;
}
