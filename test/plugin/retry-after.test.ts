// Retry-After is read strictly: what is neither seconds nor a whole HTTP date gives nothing, instead of "at once".

import { expect, it } from 'vitest';
import { parseRetryAfter } from '../../src/plugin/index.ts';

const now = Date.UTC(2026, 0, 31, 12, 0, 0);

it.each([
  ['7', 7000],
  ['0', 0],
  [' 120 ', 120_000],
  ['Sat, 31 Jan 2026 12:00:30 GMT', 30_000],
  ['Sat, 31 Jan 2026 11:59:00 GMT', 0],
])('reads "%s" as %d ms', (text, ms) => {
  expect(parseRetryAfter(text, now)).toBe(ms);
});

it.each([
  [null],
  [undefined],
  [''],
  ['-1'],
  ['1.5'],
  ['+5'],
  ['1e3'],
  ['0x10'],
  ['NaN'],
  ['12345678901'],
  ['5, 6'],
  ['７'],
  ['Sat, 31 Jan 2026 12:00:30'],
  ['31 Jan 2026 12:00:30 GMT'],
  ['Sun, 31 Jan 2026 12:00:30 GMT'],
  ['Sat, 31 Feb 2026 12:00:30 GMT'],
  ['Saturday, 31-Jan-26 12:00:30 GMT'],
  ['2026-01-31T12:00:30Z'],
])('does not read %j', (text) => {
  expect(parseRetryAfter(text, now)).toBeUndefined();
});
