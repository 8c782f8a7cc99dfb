// The functions for durations and points in time; none reads the clock.

import { Failure, spendSteps, spendText } from './budget.ts';
import { declareFunction } from './callable.ts';
import { kindOf, quote } from './values.ts';

export const timeFunctions = [
  declareFunction({
    name: 'formatDuration',
    parameters: { duration: 'number | text' },
    returns: 'text',
    description: 'Seconds, or a text such as "142s" or "2m22s", for people: `2 min 22 s`, `1 h 5 min`, `0 s`.',
    example: 'formatDuration(142)',
    run: ({ duration }) => formatDuration(readSeconds(duration)),
  }),
  declareFunction({
    name: 'seconds',
    parameters: { duration: 'number | text' },
    returns: 'number',
    description: 'The seconds of a duration such as "142s", "2m22s" or "1h"; a number stays as it is.',
    example: 'seconds("2m22s")',
    run: ({ duration }) => readSeconds(duration),
  }),
  declareFunction({
    name: 'secondsBetween',
    parameters: { start: 'text | number', end: 'text | number' },
    returns: 'number',
    description: 'The seconds from `start` to `end`, negative when `end` is earlier.',
    example: 'secondsBetween("2026-03-01T10:00:00Z", "2026-03-01T10:02:22Z")',
    run: ({ start, end }) => (readTime(end) - readTime(start)) / 1000,
  }),
  declareFunction({
    name: 'within',
    parameters: { time: 'text | number', duration: 'text | number', other: 'text | number' },
    returns: 'boolean',
    description:
      'Whether two times are at most `duration` apart, in either direction: `within(event.time, "15m", event.receivedAt)`.',
    example: 'within("2026-03-01T10:00:00Z", "15m", "2026-03-01T10:14:00Z")',
    run: ({ time, duration, other }) => Math.abs(readTime(time) - readTime(other)) <= readSeconds(duration) * 1000,
  }),
  declareFunction({
    name: 'date',
    parameters: { time: 'text | number', pattern: 'text?', zone: 'text?' },
    returns: 'text',
    description:
      'A time (ISO 8601; or seconds or milliseconds since 1970) by a pattern, `yyyy-MM-dd HH:mm` when none is given, in a zone such as "Europe/Berlin" (UTC when none is given). The pattern knows `yyyy yy MMMM MMM MM M dd d EEEE EEE HH H hh h mm ss SSS a XXX`; other words stand in single quotes.',
    example: 'date("2026-03-29T01:30:00Z", "EEE d MMM, HH:mm", "Europe/Berlin")',
    run: ({ time, pattern = 'yyyy-MM-dd HH:mm', zone = 'UTC' }, budget) => {
      spendSteps(budget, zone === 'UTC' ? 20 : 500);
      spendText(budget, pattern.length * 3);
      return formatTime(readTime(time), pattern, zone);
    },
  }),
];

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, min: 60, m: 60, s: 1, ms: 0.001 };

function readSeconds(duration: number | string): number {
  if (typeof duration === 'number') return duration;
  const text = duration.trim();
  if (text.length <= 100) {
    if (/^\d+(\.\d+)?$/.test(text)) return Number(text);
    if (/^(\d+(\.\d+)?\s*(ms|min|d|h|m|s)\s*)+$/.test(text)) {
      const parts = text.matchAll(/(?<amount>\d+(?:\.\d+)?)\s*(?<unit>ms|min|d|h|m|s)/g);
      return parts.reduce(
        (sum, { groups }) => sum + Number(groups?.['amount']) * (unitSeconds[groups?.['unit'] ?? ''] ?? 0),
        0,
      );
    }
  }
  throw new Failure(`cannot read ${quote(duration)} as a duration; write it like "90s", "2m22s" or "1h"`);
}

function formatDuration(seconds: number): string {
  const total = Math.round(Math.abs(seconds));
  const amounts = [
    [Math.floor(total / 86_400), 'd'],
    [Math.floor(total / 3600) % 24, 'h'],
    [Math.floor(total / 60) % 60, 'min'],
    [total % 60, 's'],
  ] as const;
  const words = amounts.filter(([amount]) => amount > 0).map(([amount, unit]) => `${amount} ${unit}`);
  return (seconds < 0 && total > 0 ? '-' : '') + (words.join(' ') || '0 s');
}

const isoTime = /^\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?<zone>Z|[+-]\d\d:?\d\d)?)?$/i;

/** Milliseconds since 1970. A number below 1e11 is seconds (as milliseconds it would lie before 1973). */
function readTime(time: string | number): number {
  if (typeof time === 'number') {
    const ms = Math.abs(time) < 1e11 ? time * 1000 : time;
    if (Math.abs(ms) <= 8.64e15) return ms;
  } else {
    const match = isoTime.exec(time.trim());
    const plain = time
      .trim()
      .toUpperCase()
      .replace(' ', 'T')
      .replace(',', '.')
      .replace(/([+-]\d\d)(\d\d)$/, '$1:$2');
    const ms =
      match === null
        ? NaN
        : Date.parse(plain.length > 10 && match.groups?.['zone'] === undefined ? `${plain}Z` : plain);
    if (!Number.isNaN(ms)) return ms;
  }
  throw new Failure(
    `cannot read ${typeof time === 'string' ? quote(time) : kindOf(time)} as a time; write it like "2026-03-01T09:30:00Z"`,
  );
}

function formatTime(ms: number, pattern: string, zone: string): string {
  const local = inZone(ms, zone);
  return pattern.replaceAll(/'((?:[^']|'')*)'|([A-Za-z])\2*/g, (found: string, quoted: string | undefined) => {
    if (quoted !== undefined) return quoted === '' ? "'" : quoted.replaceAll("''", "'");
    if (found === 'T' || found === 'Z') return found;
    const write = fields[found];
    if (write === undefined)
      throw new Failure(`does not know "${found}" in a pattern; put other words in single quotes`);
    return write(local, ms);
  });
}

/** The time as a date whose UTC fields are those of the zone. */
function inZone(ms: number, zone: string): Date {
  if (zone === 'UTC') return new Date(ms);
  try {
    const format = new Intl.DateTimeFormat('en-US', {
      timeZone: zone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    });
    const parts = new Map(format.formatToParts(ms).map(({ type, value }) => [type, Number(value)]));
    const field = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? 0;
    const day = Date.UTC(field('year'), field('month') - 1, field('day'));
    const millisecond = ((ms % 1000) + 1000) % 1000;
    return new Date(day + ((field('hour') * 60 + field('minute')) * 60 + field('second')) * 1000 + millisecond);
  } catch {
    throw new Failure(`does not know the time zone ${quote(zone)}; write it like "Europe/Berlin"`);
  }
}

const months = 'January February March April May June July August September October November December'.split(' ');
const days = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');

const fields: Readonly<Record<string, (local: Date, ms: number) => string>> = {
  yyyy: (local) => pad(local.getUTCFullYear(), 4),
  yy: (local) => pad(local.getUTCFullYear() % 100, 2),
  MMMM: (local) => months[local.getUTCMonth()] ?? '',
  MMM: (local) => (months[local.getUTCMonth()] ?? '').slice(0, 3),
  MM: (local) => pad(local.getUTCMonth() + 1, 2),
  M: (local) => String(local.getUTCMonth() + 1),
  dd: (local) => pad(local.getUTCDate(), 2),
  d: (local) => String(local.getUTCDate()),
  EEEE: (local) => days[local.getUTCDay()] ?? '',
  EEE: (local) => (days[local.getUTCDay()] ?? '').slice(0, 3),
  HH: (local) => pad(local.getUTCHours(), 2),
  H: (local) => String(local.getUTCHours()),
  hh: (local) => pad(local.getUTCHours() % 12 || 12, 2),
  h: (local) => String(local.getUTCHours() % 12 || 12),
  mm: (local) => pad(local.getUTCMinutes(), 2),
  ss: (local) => pad(local.getUTCSeconds(), 2),
  SSS: (local) => pad(local.getUTCMilliseconds(), 3),
  a: (local) => (local.getUTCHours() < 12 ? 'AM' : 'PM'),
  XXX: (local, ms) => offset(Math.round((local.getTime() - ms) / 60_000)),
};

function offset(minutes: number): string {
  if (minutes === 0) return 'Z';
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${pad(Math.floor(size / 60), 2)}:${pad(size % 60, 2)}`;
}

function pad(number: number, length: number): string {
  return String(number).padStart(length, '0');
}
