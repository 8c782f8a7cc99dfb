// A value as a tree that opens and closes; every text in it is text, whatever it looks like.

import { LongText } from './long-text.tsx';

interface Shown {
  readonly value: unknown;
  readonly name?: string;
  /** How many levels are open at first. */
  readonly open?: number;
}

/** Longest list or object that is drawn whole. */
const most = 200;
const mostText = 2000;

export function Json({ value, name, open = 2 }: Shown) {
  const label = name === undefined ? null : <span class="key">{name}</span>;
  if (typeof value !== 'object' || value === null)
    return (
      <div class="leaf">
        {label}
        <span class={`value ${typeof value}`}>
          <LongText text={shown(value)} most={mostText} />
        </span>
      </div>
    );
  const entries = Object.entries(value);
  const [before, after] = Array.isArray(value) ? ['[', ']'] : ['{', '}'];
  if (entries.length === 0)
    return (
      <div class="leaf">
        {label}
        <span class="value">{before + after}</span>
      </div>
    );
  return (
    <details class="branch" open={open > 0}>
      <summary>
        {label}
        <span class="count">{countOf(entries.length, Array.isArray(value) ? 'item' : 'field')}</span>
      </summary>
      <div class="inside">
        {entries.slice(0, most).map(([key, one]) => (
          <Json key={key} name={key} value={one} open={open - 1} />
        ))}
        {entries.length > most && <div class="leaf quiet">and {entries.length - most} more</div>}
      </div>
    </details>
  );
}

function countOf(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function shown(value: unknown): string {
  if (value === undefined) return 'missing';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
