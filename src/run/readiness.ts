// Whether this process can take webhooks, and what an operator should know although it can.

import { HostError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly detail: Record<string, unknown>;
}

/** A store that takes longer to write one row is not one to send webhooks to. */
const patienceMs = 5000;

/** A refused workflow file does not make it unready: the last accepted one goes on. */
export async function readiness(store: Pick<Store, 'probe'>, config: Pick<Config, 'stale'>): Promise<Readiness> {
  const configDetail = config.stale ? 'the file is refused; the last accepted one is in use' : 'ok';
  try {
    await inTime(store.probe());
    return { ok: true, detail: { store: 'ok', config: configDetail } };
  } catch (error) {
    const why = error instanceof HostError ? error.message : 'the store does not answer';
    return { ok: false, detail: { store: why, config: configDetail } };
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
