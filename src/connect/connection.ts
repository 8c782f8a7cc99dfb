// A connection: a connector with settings under a name of the user's own, opened when first used.

import type { Connector, Sandbox } from '../plugin/index.ts';

export interface Connection {
  readonly name: string;
  readonly connector: Connector;
  /** Changes when settings or secrets change: a paused connection is then tried again. */
  readonly fingerprint: string;
  /** The client, made once at the first call; a failure is not remembered. */
  client(): Promise<unknown>;
  /** Rejects with an action error when the connection does not work; resolves when the connector has no check. */
  check(): Promise<void>;
}

/** The connections of the live configuration, by name. */
export interface Connections {
  get(name: string): Connection | undefined;
  names(): readonly string[];
  /** Running stand-ins by connection name; empty in production. */
  sandboxes(): ReadonlyMap<string, Sandbox>;
  close(): Promise<void>;
}
