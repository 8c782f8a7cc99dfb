// The sources of a workflow file with their secrets filled in, ready to verify.

import { HostError } from '../core/errors.ts';
import type { Redactor } from '../core/log.ts';
import type { Workflows } from '../workflow/compile.ts';
import { prepareSource, type ReadySource } from './source.ts';

export interface ReadySecrets {
  /** Throws `secret.empty` or `secret.file`. */
  readonly secret: (name: string) => string;
  /** Learns every secret. */
  readonly redactor: Pick<Redactor, 'add'>;
}

/** Throws `secret.empty` for a secret that would verify anything. */
export function readySources(
  { sources }: Pick<Workflows, 'sources'>,
  { secret, redactor }: ReadySecrets,
): ReadonlyMap<string, ReadySource> {
  const ready = new Map<string, ReadySource>();
  for (const [name, config] of sources) {
    const { secrets, settings } = config.resolve(secret);
    if (secrets.some((given) => given.trim() === ''))
      throw new HostError('secret.empty', { name: `of source ${name}` });
    redactor.add(secrets);
    const { source, keepContentKeysMs } = config;
    ready.set(name, {
      name,
      source,
      secrets,
      settings,
      ...(keepContentKeysMs === undefined ? {} : { keepContentKeysMs }),
    });
  }
  return ready;
}

/** Throws `source.invalid` for a source that would answer every sender 503: at a start it is told, later it is not taken. */
export function requireWorking(sources: ReadonlyMap<string, ReadySource>): void {
  for (const ready of sources.values()) {
    const { name, fault } = prepareSource(ready);
    if (fault !== null) throw new HostError('source.invalid', { name, why: fault });
  }
}
