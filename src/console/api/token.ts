// Checks the bearer token of a request in constant time.

import { createHash, timingSafeEqual } from 'node:crypto';

/** Says whether an `authorization` header carries the token; both sides are hashed, so that not even the length shows. */
export function tokenCheck(token: string): (header: string | undefined) => boolean {
  const wanted = hash(token);
  return (header) => {
    const [, given = ''] = /^Bearer +(\S+)$/i.exec(header ?? '') ?? [];
    return timingSafeEqual(hash(given), wanted) && token !== '';
  };
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
