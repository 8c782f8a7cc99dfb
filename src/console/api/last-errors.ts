// The last error of each connection since the start: what a person asks for when runs pile up.

import type { Happening, StoredError, Time } from '../../core/model.ts';

export interface LastError {
  readonly at: Time;
  readonly error: StoredError;
}

export interface LastErrors {
  note(happening: Happening): void;
  of(connection: string): LastError | undefined;
}

export function createLastErrors(clock: () => Time): LastErrors {
  const last = new Map<string, LastError>();
  return {
    note: (happening) => {
      if (happening.kind !== 'attempt' || happening.error === null) return;
      last.set(happening.connection, { at: clock(), error: happening.error });
    },
    of: (connection) => last.get(connection),
  };
}
