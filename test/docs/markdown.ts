// The few forms of Markdown that the reference pages are made of.

/** Text that stands for itself, in backticks that it does not hold. */
export function code(text: string): string {
  const ticks = text.includes('`') ? '``' : '`';
  const gap = text.startsWith('`') || text.endsWith('`') ? ' ' : '';
  return `${ticks}${gap}${text}${gap}${ticks}`;
}

/** A table; cells are Markdown on one line. No rows: nothing. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return '';
  const lines = [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`);
  return lines.join('\n');
}

function cell(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, ' ').replaceAll('|', '\\|');
}

/** A fenced block. */
export function block(language: string, text: string): string {
  return `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
}

/** A page of parts with blank lines between; empty parts are left out. */
export function page(...parts: readonly string[]): string {
  return `${parts.filter((part) => part !== '').join('\n\n')}\n`;
}

/** `30000` → `30s`, in the largest unit that says it without a fraction; `24h` rather than `1d`. */
export function durationText(ms: number): string {
  const units = [
    [86_400_000, 'd'],
    [3_600_000, 'h'],
    [60_000, 'm'],
    [1000, 's'],
  ] as const;
  const fits = units.find(([size]) => ms >= size && ms % size === 0 && (size !== 86_400_000 || ms > size));
  return fits === undefined ? `${ms}ms` : `${ms / fits[0]}${fits[1]}`;
}

/** `1048576` → `1MiB`. */
export function sizeText(bytes: number): string {
  const units = [
    [1024 ** 2, 'MiB'],
    [1024, 'KiB'],
  ] as const;
  const fits = units.find(([size]) => bytes >= size && bytes % size === 0);
  return fits === undefined ? String(bytes) : `${bytes / fits[0]}${fits[1]}`;
}
