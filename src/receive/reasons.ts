// Why a delivery is refused: one table of status and sentence. No sentence says what was expected.

interface Entry {
  readonly status: number;
  readonly message: string;
}

export const reasons = {
  'source.unknown': { status: 404, message: 'no source has this name' },
  'source.fault': { status: 503, message: 'this source is not configured correctly on our side; try again later' },
  'signature.missing': { status: 401, message: 'the signature, its timestamp or its id is missing' },
  'signature.malformed': { status: 401, message: 'the signature or its timestamp cannot be read, or comes twice' },
  'signature.mismatch': { status: 401, message: 'the signature does not belong to this body' },
  'signature.stale': { status: 401, message: 'the signature is true but too old' },
  'signature.future': { status: 401, message: 'the signature is true but its time lies in the future' },
  'body.too-large': { status: 413, message: 'the body is larger than this receiver takes' },
  'body.incomplete': { status: 400, message: 'the body did not arrive as long as announced' },
  'body.encoding': { status: 415, message: 'a compressed body is not taken; send it without Content-Encoding' },
  'body.type': { status: 415, message: 'the content type is not the one of this source' },
  'body.malformed': { status: 400, message: 'the body cannot be read in the form of this source' },
  'body.depth': { status: 400, message: 'the body is nested too deeply' },
  'store.full': { status: 503, message: 'the storage is used up; try again later' },
  'store.unavailable': { status: 503, message: 'the delivery could not be stored; try again later' },
} as const satisfies Record<string, Entry>;

export type Reason = keyof typeof reasons;
