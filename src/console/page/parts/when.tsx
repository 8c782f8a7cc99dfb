// Times, absolute and relative at once.

import { useEffect, useState } from 'preact/hooks';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const nearby = new Intl.DateTimeFormat(undefined, {
  day: 'numeric',
  month: 'short',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const zoned = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'long' });
const clock = new Intl.DateTimeFormat(undefined, {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
});
const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto', style: 'short' });

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** Now, to the second; every user of it is drawn anew together. */
export function useNow(): number {
  const [now, setNow] = useState(Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}

/** The time of the day, for what has just happened. */
export function clockOf(at: number): string {
  return clock.format(at);
}

/** `short`: without what can be taken for granted, the year and today's date. */
export function When({ at, short = false }: { readonly at: string | null; readonly short?: boolean }) {
  const now = useNow();
  if (at === null) return <span class="quiet">never</span>;
  const date = new Date(at);
  const today = date.toDateString() === new Date(now).toDateString();
  const near = Math.abs(date.getTime() - now) < 300 * 86_400_000;
  return (
    <time dateTime={at} title={zoned.format(date)} class="when">
      <span class="clock">{(short ? (today ? clock : near ? nearby : absolute) : absolute).format(date)}</span>{' '}
      <span class="ago">{agoOf(date.getTime(), now)}</span>
    </time>
  );
}

export function agoOf(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** 950 ms, 4.2 s, 3 min 20 s, 2 h 5 min, 3 d 4 h; without a second part that is nothing. */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return both(minutes, 'min', seconds % 60, 's');
  if (minutes < 24 * 60) return both(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.floor(minutes / 60);
  return both(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function both(large: number, unit: string, small: number, rest: string): string {
  return small === 0 ? `${large} ${unit}` : `${large} ${unit} ${small} ${rest}`;
}
