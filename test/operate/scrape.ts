// Reads the text that `/metrics` answers.

export interface Scrape {
  /** The sum of a metric's series with these labels; 0 when there is none. */
  sum(name: string, labels?: Record<string, string>): number;
  /** Value of one label in all series of a metric. */
  values(name: string, label: string): readonly string[];
  /** Metrics that have a series. */
  readonly names: ReadonlySet<string>;
}

interface Line {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

export function readScrape(text: string): Scrape {
  const lines = text.split('\n').flatMap((line): Line[] => {
    const [, name, labels = '', value] = /^([a-z_]+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
    if (name === undefined) return [];
    const pairs = [...labels.matchAll(/(\w+)="((?:[^"\\]|\\.)*)"/g)].map(([, key, held]) => [key, held] as const);
    return [
      {
        name,
        labels: Object.fromEntries(pairs) as Record<string, string>,
        value: Number(value?.replace('+Inf', 'Infinity')),
      },
    ];
  });
  const of = (name: string) => lines.filter((line) => line.name === name);
  return {
    sum: (name, labels = {}) =>
      of(name)
        .filter((line) => Object.entries(labels).every(([key, value]) => line.labels[key] === value))
        .reduce((sum, { value }) => sum + value, 0),
    values: (name, label) => of(name).map(({ labels }) => labels[label] ?? ''),
    names: new Set(lines.map(({ name }) => name)),
  };
}
