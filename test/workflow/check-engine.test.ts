// The type checker against the engine: what it accepts without a word does not fail for any sample of the catalogue.

import * as fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { findConnectors } from '../../src/connect/find.ts';
import { readSettings } from '../../src/core/settings.ts';
import type { Schema } from '../../src/plugin/index.ts';
import { dryRun } from '../../src/run/dry-run.ts';
import type { Catalog, EventScope } from '../../src/workflow/compile.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';

const seed = { id: '7c9e6679-7425-40de-944b-e07fc1f90ae7', at: '2026-01-15T10:30:00.000Z' };

interface Kind {
  readonly source: string;
  readonly type: string;
  /** Paths whose type the catalogue declares. */
  readonly paths: readonly Path[];
  readonly events: readonly EventScope[];
}

interface Path {
  readonly text: string;
  readonly kind: keyof typeof defaults;
}

const defaults = { string: '""', number: '0', integer: '0', boolean: 'false', array: '[]', object: '({})' } as const;

/** Every path of one declared kind, lists by their first item; what is open is not checked, so nothing is promised of it. */
function pathsIn(schema: Schema, text: string): readonly Path[] {
  const isOpen = schema.type === 'object' && schema.additionalProperties === true;
  const kind = [schema.type].flat().filter((one) => one !== 'null') as (keyof typeof defaults)[];
  const own = kind.length === 1 && kind[0] !== undefined && !isOpen ? [{ text, kind: kind[0] }] : [];
  const fields = Object.entries(schema.properties ?? {}).flatMap(([key, inner]) => pathsIn(inner, `${text}.${key}`));
  const items = schema.items === undefined ? [] : pathsIn(schema.items, `${text}[0]`);
  return [...own, ...fields, ...items];
}

async function kindsOf(catalog: Catalog): Promise<readonly Kind[]> {
  const all = catalog.sourceNames.map(async (name) => {
    const source = await catalog.source(name);
    return Object.entries(source?.events ?? {}).map(([type, event]): Kind => {
      const events = Object.values(event.samples).map((sample): EventScope => {
        const body = sample(seed);
        const headers = new Map(
          Object.entries(source?.sampleHeaders?.(type, seed) ?? {}).map(([key, value]) => [key, [value]]),
        );
        const data = source?.identify({ body, headers, receivedAt: 0 }, {}).data;
        return { id: 'evt_1', type, source: name, time: seed.at, receivedAt: seed.at, data, body };
      });
      return { source: name, type, paths: pathsIn(event.data, 'event.data'), events };
    });
  });
  return (await Promise.all(all)).flat();
}

type Form = (p: string, q: string, path: Path) => string;

/** Most of these are wrong for most paths: that is for the checker to say. */
const forms: readonly Form[] = [
  (p) => p,
  (p, _, { kind }) => `${p} ?? ${defaults[kind]}`,
  (p, q) => `${p} == ${q}`,
  (p) => `${p} > 1`,
  (p, _, { kind }) => `(${p} ?? ${defaults[kind]}) > 1`,
  (p, q) => `${p} < ${q}`,
  (p) => `${p} + 1`,
  (p) => `${p} / 60`,
  (p) => `-${p}`,
  (p) => `${p} + "x"`,
  (p, q) => `${p} + ${q}`,
  (p) => `!${p}`,
  (p) => `${p}.length`,
  (p, _, { kind }) => `(${p} ?? ${defaults[kind]}).length`,
  (p) => `${p}.toUpperCase()`,
  (p) => `${p}.trim().split(" ")[0]`,
  (p) => `${p}.includes("a")`,
  (p) => `${p}.slice(0, 3)`,
  (p) => `${p}.map(one => one)`,
  (p) => `${p}.filter(one => one != null).length > 0`,
  (p) => `${p}.join(", ")`,
  // A text may or may not be a duration: that depends on the value, not on its type.
  (p, _, { kind }) => (kind === 'string' ? p : `formatDuration(${p})`),
  (p) => `round(${p})`,
  (p, q) => `max(${p}, ${q})`,
  (p) => `truncate(${p}, 10)`,
  (p) => `slug(${p})`,
  (p) => `sha256(${p})`,
  (p) => `html(${p})`,
  (p) => `text(${p})`,
  (p) => `json(${p})`,
  (p) => `keys(${p})`,
  (p) => `entries(${p}).length`,
  (p) => `first(${p})`,
  (p) => `sum(${p})`,
  (p) => `unique(${p})`,
  (p) => `sortBy(${p}, one => one)`,
  (p, q) => `[${p}, ...${q}].length`,
  (p, q) => `({ a: ${p}, ...${q} })`,
];
/** A value of one kind or another: what is only sometimes of the wrong kind, the checker lets pass. */
const mixed: readonly Form[] = [(p, q) => `${p} ?? ${q}`, (p, q) => `${p} && ${q}`, (p, q) => `${p} || ${q}`];

type Guard = (p: string, body: string) => string;
const guards: readonly Guard[] = [
  (_, body) => body,
  (p, body) => `${p} != null ? ${body} : null`,
  (p, body) => `${p} == "" ? null : ${body}`,
  (p, body) => `${p} ? ${body} : null`,
];
const conditions: readonly Guard[] = [
  (_, body) => body,
  (_, body) => `(${body}) == null`,
  (p, body) => `${p} != null && ${body}`,
  (p, body) => `${p} == null || ${body}`,
  (p, body) => `${p} != null && (${body}) != null`,
];

/** As a value, inside a text, and as a condition. */
const places = ['value', 'text', 'condition'] as const;
type Place = (typeof places)[number];

function expressionsOf({ paths }: Kind, place: Place, count: number, fuzz: number): readonly string[] {
  const others: readonly Path[] = [
    { text: 'event.time', kind: 'string' },
    { text: 'event.type', kind: 'string' },
    { text: 'env.NUMBER', kind: 'number' },
  ];
  const path = fc.constantFrom(...paths, ...others);
  const form = fc.constantFrom(...forms, ...(place === 'value' ? mixed : []));
  const guard = fc.constantFrom(
    ...(place === 'condition' ? conditions : guards.slice(0, place === 'text' ? 1 : undefined)),
  );
  const one = fc
    .tuple(form, guard, path, path)
    .map(([write, assume, p, q]) => assume(p.text, write(p.text, q.text, p)));
  return fc.sample(one, { numRuns: count, seed: fuzz });
}

function workflowOf(name: string, { source, type }: Kind, expression: string, place: Place): string {
  const inside = JSON.stringify(`${place === 'text' ? 'a ' : ''}\${{ ${expression} }}`);
  const condition = place === 'condition' ? `if: ${JSON.stringify(expression)}, ` : '';
  const json = place === 'condition' ? '1' : `{ v: ${inside} }`;
  const step = `{ uses: web.request, with: { method: POST, path: /x, json: ${json} } }`;
  return `  ${name}: { on: "${source}:${type}", ${condition}steps: [${step}] }`;
}

function fileOf(catalog: Catalog, lines: readonly string[]): string {
  const sources = catalog.sourceNames.filter((name) => name !== 'custom');
  const declared = sources.map((name) => `  ${name}: { uses: ${name}, secrets: ["\${{ secrets.A }}"] }`);
  const head = ['version: 1', 'env: { NUMBER: 3 }', 'sources:', ...declared, 'connections:'];
  return [
    ...head,
    '  web: { uses: http, with: { baseUrl: https://api.example.com } }',
    'workflows:',
    ...lines,
    '',
  ].join('\n');
}

let catalog: Catalog;
let kinds: readonly Kind[];
beforeAll(async () => {
  catalog = await findConnectors({ pluginsDir: '/nonexistent' });
  kinds = (await kindsOf(catalog)).filter(({ events, paths }) => events.length > 0 && paths.length > 0);
});

/** The lines that `check` says nothing of. */
async function accepted(lines: readonly string[]): Promise<readonly string[]> {
  const { problems } = await loadWorkflows({ file: 'w.yaml', text: fileOf(catalog, lines) }, catalog);
  const offset = fileOf(catalog, []).split('\n').length - 1;
  const wrong = new Set(problems.map(({ at }) => at.line - 1 - offset));
  return lines.filter((_, index) => !wrong.has(index));
}

/** What fails for the samples, as sentences. */
async function failuresOf(lines: readonly string[], { events }: Kind): Promise<readonly string[]> {
  const { workflows, problems } = await loadWorkflows({ file: 'w.yaml', text: fileOf(catalog, lines) }, catalog);
  if (workflows === null) throw new Error(problems[0]?.message);
  const settings = readSettings({});
  return events.flatMap((event) =>
    workflows.match(event).flatMap(({ workflow, failure }) => {
      const steps = failure ? [] : dryRun({ workflow, event, settings, now: Date.parse(seed.at) });
      const found = [failure, ...steps.map((step) => step.failure)].filter((one) => one !== undefined);
      return found.map(({ message }) => `${lines.find((line) => line.startsWith(`  ${workflow.name}:`))}: ${message}`);
    }),
  );
}

describe('what check accepts', () => {
  it('does not fail for the samples', async () => {
    let count = 0;
    for (const [index, kind] of kinds.entries()) {
      const lines = places.flatMap((place) =>
        expressionsOf(kind, place, 60, index).map((text, number) => workflowOf(`${place}${number}`, kind, text, place)),
      );
      const good = await accepted(lines);
      expect(await failuresOf(good, kind)).toEqual([]);
      count += good.length;
    }
    expect(kinds.length).toBeGreaterThan(10);
    expect(count).toBeGreaterThan(kinds.length * 12);
  }, 240_000);

  it('would be found failing here if it did', async () => {
    const kind = kinds.find(({ type }) => type === 'call.ended') ?? kinds[0];
    if (kind === undefined) throw new Error('there is no event');
    // Open data is not checked, so this is accepted and fails.
    const lines = [workflowOf('w0', kind, 'event.data.call.metadata.nothing.more + 1', 'value')];
    expect(await accepted(lines)).toEqual(lines);
    expect(await failuresOf(lines, kind)).toHaveLength(kind.events.length);
  });
});
