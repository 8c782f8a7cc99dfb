// The page of the admin API names exactly the routes there are.

import { readFileSync, readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { holdRun, id, json, openLedger, type Ledger } from './ledger.ts';

const page = readFileSync(new URL('../../docs/operate/runs.md', import.meta.url), 'utf8');
const documented = [...page.matchAll(/^\| `(GET|POST) (\/api\/[^`]+)`/gm)].map(([, method = '', path = '']) => ({
  method,
  path,
}));

let ledger: Ledger;
beforeAll(async () => {
  const at = { file: 'workflows.yaml', line: 1, column: 1 };
  const crm = { name: 'crm', description: '', on: [], steps: [], at };
  ledger = await openLedger({
    workflows: async () => ({
      file: at.file,
      text: '',
      hash: 'hash-1',
      sources: new Map(),
      connections: new Map(),
      workflows: new Map([['crm', crm]]),
      match: () => [],
    }),
  });
  await holdRun(ledger.store);
});
afterAll(() => ledger.close());

it.each(documented)('$method $path answers as the page says', async ({ method, path }) => {
  const [route = '', filters = ''] = path.split('?');
  const address = route
    .replace('events/:id', `events/${id('evt', 1)}`)
    .replace('runs/:id', `runs/${id('run', 1)}`)
    .replace('deliveries/:id', `deliveries/${id('dlv', 1)}`)
    .replace(':name', 'crm');
  const example: Record<string, string> = { limit: '1', before: id('evt', 9), reasons: 'true', last: '1' };
  const given = filters.split('&').filter((name) => name !== '' && name !== 'status');
  const query = new URLSearchParams(Object.fromEntries(given.map((name) => [name, example[name] ?? 'x'])));
  const { status } = await ledger.call(
    `${address}?${query.toString()}`,
    method === 'POST' ? json({ ...(/resolve/.test(path) && { happened: false }) }) : {},
  );
  expect(status).toBe(200);
});

it('leaves no route out', () => {
  const folder = new URL('../../src/console/api/', import.meta.url);
  // The browser's own routes, not for programs.
  const own = ['session.ts', 'changes-route.ts', 'page.ts'];
  const source = readdirSync(folder)
    .filter((file) => !own.includes(file))
    .map((file) => readFileSync(new URL(file, folder), 'utf8'))
    .join('\n');
  const routes = [...source.matchAll(/api\.(get|post)(?:<[^(]*>)?\(\s*['`]([^'`]+)['`]/g)].flatMap(
    ([, method = '', path = '']) =>
      (path.includes('${verb}') ? ['pause', 'resume'] : ['']).map(
        (verb) => `${method.toUpperCase()} /api${path.replace('${verb}', verb)}`,
      ),
  );
  expect(routes.sort()).toEqual(documented.map(({ method, path }) => `${method} ${path.split('?')[0]}`).sort());
});
