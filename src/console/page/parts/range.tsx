// How far back a list goes: a span that ends now, or two times.

import { useState } from 'preact/hooks';

interface RangeParts {
  readonly label: string;
  readonly query: Readonly<Record<string, string>>;
  readonly change: (more: { readonly from?: string; readonly to?: string }) => void;
}

const spans = [
  ['', 'all'],
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['24h', 'last 24 hours'],
  ['7d', 'last 7 days'],
] as const;

export function Range({ label, query: { from = '', to = '' }, change }: RangeParts) {
  const [asked, setAsked] = useState(false);
  const between = asked || to !== '' || spans.every(([value]) => value !== from);
  const choose = (value: string) => {
    setAsked(value === 'between');
    if (value !== 'between') change({ from: value, to: '' });
  };
  return (
    <>
      <label>
        {label}
        <select value={between ? 'between' : from} onChange={(event) => choose(event.currentTarget.value)}>
          {spans.map(([value, words]) => (
            <option key={value} value={value}>
              {words}
            </option>
          ))}
          <option value="between">between …</option>
        </select>
      </label>
      {between && <Time label="From" value={from} change={(value) => change({ from: value })} />}
      {between && <Time label="Until" value={to} change={(value) => change({ to: value })} />}
    </>
  );
}

interface TimeParts {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
}

/** Shown and typed in the zone of who looks; the address holds the same moment for everyone. */
function Time({ label, value, change }: TimeParts) {
  return (
    <label class="time">
      {label}
      <input
        type="datetime-local"
        max="9999-12-31T23:59"
        value={localOf(value)}
        onChange={({ currentTarget }) => change(currentTarget.value && new Date(currentTarget.value).toISOString())}
      />
    </label>
  );
}

const unitMs: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };

function localOf(value: string): string {
  const [, count, unit = ''] = /^(\d+)([smhd])$/.exec(value) ?? [];
  const at = count === undefined ? Date.parse(value) : Date.now() - Number(count) * (unitMs[unit] ?? 0);
  if (Number.isNaN(at)) return '';
  const date = new Date(at);
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
