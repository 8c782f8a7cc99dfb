// Ids that sort by time, and the randomness they are made of.

import type { Time } from './model.ts';

export type IdPrefix = 'dlv' | 'evt' | 'run' | 'att' | 'aud';

/** Makes ids that sort by time: `evt_0mf3k2…`, lower-case base 32, 48 bits of time and 80 of randomness. */
export function createId(prefix: IdPrefix, now: Time, random: (size: number) => Uint8Array): string {
  let id = startOfId(prefix, now);
  for (const byte of random(16)) id += alphabet.charAt(byte & 31);
  return id;
}

/** What an id of this moment begins with; every id that was made before it sorts before it. */
export function startOfId(prefix: IdPrefix, at: Time): string {
  let id = `${prefix}_`;
  for (let power = 32 ** 9; power >= 1; power /= 32) id += alphabet.charAt(Math.floor(at / power) % 32);
  return id;
}

/** Random bytes from a pool: asking the system for each id costs more than the rest of the id. `fill` fills it anew. */
export function poolRandom(fill: (size: number) => Uint8Array): (size: number) => Uint8Array {
  let pool = new Uint8Array(0);
  let used = 0;
  return (size) => {
    if (used + size > pool.length) {
      pool = Uint8Array.from(fill(Math.max(size, 8192)));
      used = 0;
    }
    used += size;
    return pool.subarray(used - size, used);
  };
}

const alphabet = '0123456789abcdefghjkmnpqrstvwxyz';
