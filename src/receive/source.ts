// A configured source, made ready once so that a request finds everything worked out.

import type { RawRequest, SignatureScheme, Source, Verdict } from '../plugin/index.ts';
import { bodyForm } from './identify.ts';
import type { BodyForm } from './body.ts';
import { keepHeader } from './headers.ts';
import { findKeyFault } from './key.ts';
import { createVerify, type Verify } from './verify.ts';

/** A source of the workflow file with its secrets and settings filled in. */
export interface ReadySource {
  /** The part of its path: `POST /webhooks/<name>`. */
  readonly name: string;
  readonly source: Source;
  readonly secrets: readonly string[];
  readonly settings: unknown;
  /** How long a key made from a content hash is remembered, when not as long as the host's setting. */
  readonly keepContentKeysMs?: number;
}

export interface PreparedSource extends ReadySource {
  readonly form: BodyForm;
  /** Why this source can verify nothing: our own fault, so the sender is asked to come again. Names no secret. */
  readonly fault: string | null;
  readonly status: number;
  /** The URL the sender calls, where it is part of what is signed; undefined: path and query as received. */
  readonly publicUrl: string | undefined;
  check(request: RawRequest, now: number): Verdict;
  /** Whether a header of this lower-case name is stored. */
  readonly keeps: (header: string) => boolean;
}

/** Never throws: a source that cannot work says so in `fault`. */
export function prepareSource(ready: ReadySource): PreparedSource {
  const { source, settings } = ready;
  const { publicUrl } = (settings ?? {}) as { publicUrl?: unknown };
  const base = {
    ...ready,
    status: source.status ?? 204,
    publicUrl: typeof publicUrl === 'string' ? publicUrl : undefined,
  };
  try {
    const scheme = typeof source.scheme === 'function' ? source.scheme(settings) : source.scheme;
    return {
      ...base,
      form: bodyForm(source, settings),
      fault: findFault(ready, scheme),
      check: createCheck(ready, scheme),
      keeps: (header) => keepHeader(header, scheme),
    };
  } catch (error) {
    const fault = `its settings cannot be used: ${error instanceof Error ? error.message : String(error)}`;
    return {
      ...base,
      form: 'json',
      fault,
      check: () => ({ ok: false, reason: 'signature.malformed' }),
      keeps: (header) => keepHeader(header, undefined),
    };
  }
}

function findFault({ source, secrets }: ReadySource, scheme: SignatureScheme | undefined): string | null {
  if (scheme === undefined && source.verify === undefined) return 'it has no way to verify a signature';
  if (secrets.length === 0) return 'it has no secret';
  if (secrets.some((secret) => secret.trim() === '')) return 'a secret is empty';
  return source.verify === undefined && scheme !== undefined ? findKeyFault(scheme, secrets) : null;
}

function createCheck(ready: ReadySource, scheme: SignatureScheme | undefined): Verify {
  const { source, secrets, settings } = ready;
  const verify = scheme === undefined ? undefined : createVerify(scheme, secrets);
  return (request, now) => {
    try {
      if (source.verify) return source.verify(request, secrets, now, settings);
      if (verify) return verify(request, now);
    } catch {
      // Code of a plugin; whatever it could not digest was not verified.
    }
    return { ok: false, reason: 'signature.malformed' };
  };
}
