// Times, absolute and relative at once.

import { useEffect, useState } from 'preact/hooks';

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
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

/** `short`: the hour alone, for what happened today. */
export function When({ at, short = false }: { readonly at: string | null; readonly short?: boolean }) {
  const now = useNow();
  if (at === null) return <span class="quiet">never</span>;
  const date = new Date(at);
  const today = date.toDateString() === new Date(now).toDateString();
  return (
    <time dateTime={at} title={zoned.format(date)} class="when">
      <span class="clock">{short && today ? clock.format(date) : absolute.format(date)}</span>{' '}
      <span class="ago">{agoOf(date.getTime(), now)}</span>
    </time>
  );
}

export function agoOf(at: number, now: number): string {
  const seconds = Math.round((at - now) / 1000);
  const [unit, size] = units.find(([, size]) => Math.abs(seconds) >= size) ?? (['second', 1] as const);
  return relative.format(Math.trunc(seconds / size), unit);
}

/** 950 ms, 4.2 s, 3 min 20 s, 2 h 5 min. */
export function durationOf(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.round((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
