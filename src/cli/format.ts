// Words, times and colours as they look in a terminal.

import { styleText } from 'node:util';
import { printable } from '../core/log.ts';
import type { StoredError } from '../core/model.ts';

export type Hue = 'green' | 'red' | 'yellow' | 'magenta' | 'cyan' | 'dim' | 'bold';

const marks: Readonly<Record<string, readonly [symbol: string, hue: Hue]>> = {
  accepted: ['✓', 'green'],
  matched: ['✓', 'green'],
  succeeded: ['✓', 'green'],
  ok: ['✓', 'green'],
  duplicate: ['=', 'dim'],
  pending: ['·', 'dim'],
  ignored: ['–', 'dim'],
  skipped: ['–', 'dim'],
  canceled: ['⊘', 'dim'],
  running: ['▸', 'cyan'],
  begun: ['▸', 'cyan'],
  waiting: ['↻', 'yellow'],
  retryable: ['↻', 'yellow'],
  interrupted: ['⊘', 'yellow'],
  open: ['↻', 'yellow'],
  held: ['‖', 'magenta'],
  paused: ['‖', 'magenta'],
  in_doubt: ['?', 'magenta'],
  refused: ['✗', 'red'],
  rejected: ['✗', 'red'],
  failed: ['✗', 'red'],
};

export function mark(status: string): readonly [symbol: string, hue: Hue] {
  return marks[status] ?? ['·', 'dim'];
}

/** A status word as people read it, with the reason of a held one: `held: in doubt`. */
export function statusWord(status: string, reason?: string | null): string {
  return (reason ? `${status}: ${reason}` : status).replaceAll('_', ' ');
}

/** Data on one line: control characters made visible, line breaks as `⏎`, cut at `most` characters. */
export function oneLine(text: string, most = 200): string {
  const flat = printable(text.trim().replaceAll('\r\n', '\n'))
    .replace(/\s*\n\s*/g, ' ⏎ ')
    .replaceAll('\t', ' ');
  const chars = flat.length > most ? graphemes(flat) : [];
  return chars.length > most ? `${chars.slice(0, most - 1).join('')}…` : flat;
}

/** Any value on one line: text as it is, the rest as JSON. */
export function brief(value: unknown, most = 120): string {
  return oneLine(typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing'), most);
}

/** A call as the workflow file names it: `crm.upsert-record`; the connector that is stored with it is left out. */
export function callName(connection: string, action: string): string {
  return oneLine(`${connection}.${action.slice(action.lastIndexOf('.') + 1)}`, 80);
}

export function describeError(error: StoredError, most = 300): string {
  const code = error.code === undefined ? '' : `${error.code}: `;
  return oneLine(code + error.message, most) + (error.at === undefined ? '' : ` (${oneLine(error.at)})`);
}

/** `142 ms`, `3.2 s`, `4 min`, `5 h`, `3 d`. */
export function span(ms: number): string {
  if (ms < 1000) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms < 90_000) return `${Math.round(ms / 1000)} s`;
  if (ms < 90 * 60_000) return `${Math.round(ms / 60_000)} min`;
  if (ms < 36 * 3_600_000) return `${Math.round(ms / 3_600_000)} h`;
  return `${Math.round(ms / 86_400_000)} d`;
}

/** `3 min ago`, `in 12 s`. */
export function relative(at: number, now: number): string {
  const ms = now - at;
  const size = Math.round(Math.abs(ms) / 1000) * 1000;
  if (size === 0) return 'now';
  const words = size < 10_000 ? `${size / 1000} s` : span(size);
  return ms > 0 ? `${words} ago` : `in ${words}`;
}

const two = (value: number) => String(value).padStart(2, '0');

/** `20:14:03` in the zone of this machine. */
export function clockTime(at: number): string {
  const time = new Date(at);
  return `${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** `2026-11-23 20:14:03` in the zone of this machine. */
export function dateTime(at: number): string {
  const time = new Date(at);
  return `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())} ${clockTime(at)}`;
}

/** Offset of this machine's zone at a time: `UTC+01:00`. */
export function zone(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset();
  if (minutes === 0) return 'UTC';
  const size = Math.abs(minutes);
  return `UTC${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

/** Made when it is first needed: it takes longer to load than most commands do. */
let segmenter: Intl.Segmenter | undefined;
const wide = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}]/u;

function graphemes(text: string): string[] {
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Breaks a line at blanks into lines of at most `most` characters, where there are blanks. */
export function wrap(text: string, most: number): string[] {
  const [first = '', ...words] = text.split(' ');
  const lines = [first];
  for (const word of words) {
    const last = lines.at(-1) ?? '';
    if (last.length + word.length >= most) lines.push(word);
    else lines[lines.length - 1] = `${last} ${word}`;
  }
  return lines;
}

/** Columns that a text takes in a terminal. */
export function width(text: string): number {
  return graphemes(text).reduce((sum, char) => sum + (wide.test(char) ? 2 : 1), 0);
}

/** Colours a text, or leaves it plain. */
export function painter(color: boolean): (text: string, hue: Hue) => string {
  return (text, hue) => (color && text !== '' ? styleText(hue, text, { validateStream: false }) : text);
}
