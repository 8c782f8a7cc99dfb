// Whether this process can take webhooks, and what an operator should know although it can.

import { HostError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';
import { agreement } from './replicas.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly detail: Record<string, unknown>;
}

/** A store that takes longer to write one row is not one to send webhooks to. */
const patienceMs = 5000;

/** A refused workflow file does not make it unready: the last accepted one goes on. */
export async function readiness(
  store: Pick<Store, 'probe' | 'shared'>,
  config: Pick<Config, 'refused'>,
): Promise<Readiness> {
  // Readable by anyone, so it says where and not what.
  const why = config.refused?.brief;
  const configDetail = why === undefined ? 'ok' : `the file is refused (${why}); the last accepted one is in use`;
  try {
    await inTime(store.probe());
    const replicas = await store.shared?.replicas();
    const others = replicas ? { replicas: agreement(replicas) } : {};
    return { ok: true, detail: { store: 'ok', config: configDetail, ...others } };
  } catch (error) {
    const fault = error instanceof HostError ? error.message : 'the store does not answer';
    return { ok: false, detail: { store: fault, config: configDetail } };
  }
}

async function inTime(probe: Promise<void>): Promise<void> {
  const { promise, reject } = Promise.withResolvers<never>();
  const late = new HostError('store.unavailable', { why: `it took longer than ${patienceMs / 1000} s` });
  const timer = setTimeout(() => reject(late), patienceMs);
  try {
    await Promise.race([probe, promise]);
  } finally {
    clearTimeout(timer);
  }
}
