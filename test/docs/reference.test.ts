// docs/reference is what the tables say, page by page, and the tables say enough.

import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hostErrors } from '../../src/core/errors.ts';
import { metricTable } from '../../src/core/metrics.ts';
import { settingTable } from '../../src/core/settings.ts';
import { reasons } from '../../src/receive/reasons.ts';
import { alertSource } from '../../src/workflow/alerts.ts';
import { callables } from '../../src/workflow/expression/functions.ts';
import { problemCodes } from '../../src/workflow/problem.ts';
import { evaluate } from './evaluated.ts';
import { readCommands } from './pages/commands.ts';
import { buildReference, shipped } from './reference.ts';
import { fieldsOf } from './schema-rows.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const folder = join(root, 'docs/reference');
const read = (file: string) => readFileSync(join(folder, file), 'utf8');

describe('docs/reference', async () => {
  const built = await buildReference();
  const { connectors, sources } = await shipped();
  const headings = (file: string) => [...read(file).matchAll(/^##+ `([^`]+)`$/gm)].map(([, name]) => name);
  const firstCells = (file: string) => [...read(file).matchAll(/^\| `([^`]+)` \|/gm)].map(([, name]) => name);

  it('has the pages that are made, and no other', () => {
    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.(md|json)$/.test(name),
    );
    expect(files.sort()).toEqual([...built.keys()].sort());
  });

  it.each([...built])('%s is up to date; else run "npm run reference"', (file, text) => {
    expect(read(file)).toBe(text);
  });

  it('has every error, problem, refusal, metric and setting of its table, and no other', () => {
    expect(headings('errors.md')).toEqual(Object.keys(hostErrors));
    expect(headings('problems.md')).toEqual(Object.keys(problemCodes));
    expect(firstCells('refusals.md')).toEqual(Object.keys(reasons));
    const alerts = Object.keys(alertSource.events).map((type) => `hookline:${type}`);
    expect(headings('alerts.md')).toEqual(alerts);
    expect(firstCells('metrics.md')).toEqual(Object.keys(metricTable));
    const settings = read('settings.md').split('\n## ')[0] ?? '';
    expect([...settings.matchAll(/^\| `(\w+)`/gm)].map(([, name]) => name)).toEqual(Object.keys(settingTable));
  });

  it('has every variable that the code reads from the environment', () => {
    const files = ['src', 'bin'].flatMap((name) =>
      readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
        .filter((file) => /\.[jt]s$/.test(file))
        .map((file) => readFileSync(join(root, name, file), 'utf8')),
    );
    const names = files.flatMap((text) =>
      [...text.matchAll(/\benv(?:\.|\[')([A-Z][A-Z_]+)\b/g)].map(([, name]) => name),
    );
    const told = read('settings.md');
    // A test's way to kill the process at a point; no setting.
    const untold = new Set(names).difference(new Set(['HOOKLINE_FAILPOINT']));
    expect([...untold].filter((name) => !told.includes(`${name}`))).toEqual([]);
    expect(names.length).toBeGreaterThan(5);
  });

  it('has every function and method, with an example that calls it and gives a value', () => {
    const rows = [...read('expressions.md').matchAll(/^\| `([^`]+\))(?:: [^`]+)` \|/gm)].map(([, name]) => name);
    expect(rows).toHaveLength(callables.length);
    for (const { name, method, example } of callables) {
      expect(example).toContain(method ? `.${name}(` : `${name}(`);
      expect(evaluate(example), example).toMatchObject({ is: 'value', value: expect.anything() });
    }
  });

  it('has every connector with its actions, and every source with its events', () => {
    for (const { name, actions } of connectors) {
      const shown = [...read(`connectors/${name}.md`).matchAll(/^## ([a-z-]+\.[a-z-]+)$/gm)].map(([, title]) => title);
      expect(shown).toEqual(Object.keys(actions).map((action) => `${name}.${action}`));
    }
    for (const { name, events } of sources) {
      const shown = firstCells(`sources/${name}.md`);
      expect(Object.keys(events).filter((type) => !shown.includes(type))).toEqual([]);
    }
  });

  it('says of every setting, input and output of a connector or source what it is', () => {
    const schemas = [
      ...connectors.flatMap(({ name, settings, actions }) => [
        [`${name} settings`, settings] as const,
        ...Object.entries(actions).flatMap(([action, { input, output }]) => [
          [`${name}.${action} input`, input] as const,
          [`${name}.${action} output`, output] as const,
        ]),
      ]),
      ...sources.map(({ name, settings = {} }) => [`source ${name}`, settings] as const),
    ];
    const silent = schemas.flatMap(([where, schema]) =>
      fieldsOf(schema).flatMap(({ path, description }) => (description === '' ? [`${where}: ${path}`] : [])),
    );
    expect(silent).toEqual([]);
  });

  it('has every command with its own words', async () => {
    const commands = await readCommands();
    const shown = [...read('commands.md').matchAll(/^## ([\w-]+)$/gm)].map(([, name]) => name);
    expect(shown).toEqual(commands.map(({ name }) => name));
    for (const { name, help } of commands) expect(help.split('\n')[0]).toContain(`hookline ${name}`);
  });
});
