// Replaces a connection by its stand-in: the connector's own sandbox, or the recorder when it has none.

import type { Redactor } from '../core/log.ts';
import type { Connector, Log, Sandbox } from '../plugin/index.ts';
import { createGuardedFetch, type GuardedFetch } from './fetch.ts';
import { rerouteTo, startRecorder } from './recorder.ts';
import { withoutSecrets } from './secrets.ts';
import type { Sending } from './sending.ts';

export interface StandIn {
  readonly sandbox: Sandbox;
  /** Instead of the connection's. */
  readonly settings: unknown;
  /** What the connector gets; it reaches the stand-in and nothing else. */
  readonly fetch: typeof globalThis.fetch;
  readonly guarded: GuardedFetch;
}

export interface StandInParts {
  readonly sending: Sending;
  readonly log: Log;
  readonly now: () => number;
  readonly redactor: Redactor;
}

/** Starts the stand-in of a connection; its secrets never reach it. */
export async function startStandIn(
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
  parts: StandInParts,
): Promise<StandIn> {
  const { sending, log, now } = parts;
  const shown = withoutSecrets(connector, settings);
  const own = await connector.sandbox?.();
  const sandbox = own
    ? await own.startSandbox({ strict: false, now, log, settings: shown })
    : await startRecorder({ now, redact: (value) => parts.redactor.value(value) });
  const guarded = createGuardedFetch({ sending, allow: [], openHosts: sandbox.hosts, onlyOpen: true });
  return own
    ? { sandbox, settings: sandbox.settings, fetch: guarded, guarded }
    : {
        sandbox,
        settings: withoutSecrets(connector, settings, 'sandbox'),
        fetch: rerouteTo(sandbox, guarded),
        guarded,
      };
}
