// The page of the admin API names exactly the routes there are.

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdRun, id, json, openLedger, token, type Ledger } from './ledger.ts';

const page = readFileSync(new URL('../../docs/operate/runs.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^\| `(GET|POST) (\/api\/[^`]+)`/gm)].map(([, method = '', path = '']) => ({
  method,
  path,
}));

let ledger: Ledger;
beforeAll(async () => {
  const at = { file: 'workflows.yaml', line: 1, column: 1 };
  const crm = { name: 'crm', description: '', on: [], steps: [], at };
  const looked = { problems: [], workflows: [] };
  ledger = await openLedger({
    loading: {
      state: () => ({ acceptedAt: 0, refused: null, last: null }),
      now: async () => ({ status: 'unchanged' }),
    },
    playground: {
      check: async () => looked,
      complete: async () => ({ from: 0, options: [] }),
      try: async () => ({ ...looked, tried: [] }),
    },
    workflows: async () => ({
      file: at.file,
      text: '',
      hash: 'hash-1',
      sources: new Map(),
      connections: new Map(),
      workflows: new Map([['crm', crm]]),
      match: () => [],
      wants: () => false,
    }),
  });
  await holdRun(ledger.store);
});
afterAll(() => ledger.close());

const bodies: readonly (readonly [string, object])[] = [
  ['/session', { token }],
  ['/resolve', { happened: false }],
  ['/bulk/count', { filter: {} }],
  ['/bulk', { action: 'retry', filter: {}, confirm: 0 }],
  ['/playground/check', { text: 'version: 1' }],
  ['/playground/complete', { text: 'version: 1', offset: 0 }],
  ['/playground/try', { text: 'version: 1', source: 'truedy', type: 'call.ended', body: {} }],
];

it.each(documented)('$method $path answers as the page says', async ({ method, path }) => {
  const [route = '', filters = ''] = path.split('?');
  const address = route
    .replace('events/:id', `events/${id('evt', 1)}`)
    .replace('runs/:id', `runs/${id('run', 1)}`)
    .replace('deliveries/:id', `deliveries/${id('dlv', 1)}`)
    .replace(':name', 'crm');
  const prefix = route.includes('runs') ? 'run' : route.includes('deliveries') ? 'dlv' : 'evt';
  const example: Record<string, string> = {
    limit: '1',
    before: id(prefix, 9),
    id: `${prefix}_0`,
    from: '1d',
    to: '1s',
    reason: 'paused',
    reasons: 'true',
    last: '1',
  };
  const given = filters.split('&').filter((name) => name !== '' && name !== 'status');
  const query = new URLSearchParams(Object.fromEntries(given.map((name) => [name, example[name] ?? 'x'])));
  const body = bodies.find(([name]) => path.includes(name))?.[1] ?? {};
  // Signing in is for the page alone, which shows that it is the page.
  const ours = { 'content-type': 'application/json', 'x-hookline-console': '1', origin: ledger.url };
  const { status } = await ledger.call(
    `${address}?${query.toString()}`,
    method === 'POST' ? { ...json(body), headers: ours } : {},
  );
  expect(status).toBe(200);
});

interface Operation {
  readonly responses: Readonly<Record<string, { readonly content?: object; readonly description?: string }>>;
}

it('leaves no route out', async () => {
  const { answer } = await ledger.call('/api/openapi.json');
  const { paths } = answer as { paths: Record<string, Record<string, Operation>> };
  const routes = Object.entries(paths).flatMap(([path, operations]) =>
    Object.keys(operations).map((method) => `${method.toUpperCase()} ${path.replace(/\{(\w+)\}/g, ':$1')}`),
  );
  const stream = 'GET /api/changes';
  expect(routes.filter((route) => route !== stream).sort()).toEqual(
    documented.map(({ method, path }) => `${method} ${path.split('?')[0]}`).sort(),
  );
  const bare = Object.entries(paths).flatMap(([path, operations]) =>
    Object.entries(operations).flatMap(([method, { responses }]) =>
      responses['200']?.content === undefined ? [`${method.toUpperCase()} ${path}`] : [],
    ),
  );
  expect(bare.sort(), 'routes without a schema of their answer').toEqual([]);
});
