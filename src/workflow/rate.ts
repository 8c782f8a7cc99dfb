// How often a connection may be called, as the file says it: `1/s`, `30/min`, `1000/h` or `5000/d`.

export interface Rate {
  readonly count: number;
  readonly perMs: number;
}

const spans: Readonly<Record<string, number>> = { s: 1000, min: 60_000, h: 3_600_000, d: 86_400_000 };

/** Undefined when it is none. */
export function parseRate(text: string): Rate | undefined {
  const match = /^([1-9]\d{0,6})\/(s|min|h|d)$/.exec(text);
  return match ? { count: Number(match[1]), perMs: spans[match[2] ?? ''] ?? 0 } : undefined;
}
