// Whether this process can take webhooks, and what an operator should know although it can.

import { HostError } from '../core/errors.ts';
import type { Store } from '../store/store.ts';
import type { Config } from './config.ts';

export interface Readiness {
  readonly ok: boolean;
  readonly detail: Record<string, unknown>;
}

/** A refused workflow file does not make it unready: the last accepted one goes on. */
export async function readiness(store: Pick<Store, 'probe'>, config: Pick<Config, 'stale'>): Promise<Readiness> {
  const configDetail = config.stale ? 'the file is refused; the last accepted one is in use' : 'ok';
  try {
    await store.probe();
    return { ok: true, detail: { store: 'ok', config: configDetail } };
  } catch (error) {
    const why = error instanceof HostError ? error.message : 'the store does not answer';
    return { ok: false, detail: { store: why, config: configDetail } };
  }
}
