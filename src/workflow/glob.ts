// Patterns of `on`: `*` stands for any characters, everything else for itself.

/** Linear in the text for each `*`; never backtracks. */
export function matchesGlob(pattern: string, text: string): boolean {
  const parts = pattern.split('*');
  const first = parts[0] ?? '';
  if (parts.length === 1) return text === pattern;
  const last = parts.at(-1) ?? '';
  if (text.length < first.length + last.length || !text.startsWith(first) || !text.endsWith(last)) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at);
    if (found === -1 || found + part.length > end) return false;
    at = found + part.length;
  }
  return true;
}

/** The source of our own alerts: only its name means it, never a `*`, so that no workflow gets them unasked. */
export const alertSourceName = 'hookline';

/** Whether the source part of a pattern names this source. */
export function matchesSource(pattern: string, source: string): boolean {
  return source === alertSourceName ? pattern === source : matchesGlob(pattern, source);
}

export interface EventPattern {
  readonly source: string;
  readonly type: string;
}

/** `phone:call.*` → its two patterns; undefined when it is not `source:type`. */
export function parsePattern(text: string): EventPattern | undefined {
  const at = text.indexOf(':');
  const source = text.slice(0, at);
  const type = text.slice(at + 1);
  return at < 1 || type === '' || /\s/.test(text) ? undefined : { source, type };
}
