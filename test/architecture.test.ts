import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const src = files('src');
const connectors = files('connectors');
const own = [...src, ...connectors, ...files('test'), ...files('bench')];

/** Folder of `src` → the folders it may import besides itself. */
const order: Record<string, readonly string[]> = {
  plugin: [],
  core: ['plugin'],
  store: ['plugin', 'core'],
  workflow: ['plugin', 'core'],
  connect: ['plugin', 'core'],
  receive: ['plugin', 'core', 'store', 'workflow', 'connect'],
  run: ['plugin', 'core', 'store', 'workflow', 'connect'],
  console: ['plugin', 'core', 'store', 'workflow', 'connect'],
  'listen.ts': ['plugin', 'core', 'store', 'workflow', 'connect', 'receive', 'run', 'console'],
  'app.ts': ['plugin', 'core', 'store', 'workflow', 'connect', 'receive', 'run', 'console', 'listen.ts'],
  cli: ['plugin', 'core', 'store', 'workflow', 'connect', 'receive', 'run', 'console', 'app.ts'],
  'main.ts': ['plugin', 'core', 'store', 'workflow', 'connect', 'receive', 'run', 'console', 'app.ts', 'cli'],
};

function files(folder: string): string[] {
  try {
    return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.tsx?$/.test(name) && !name.includes('node_modules'))
      .map((name) => join(folder, name));
  } catch {
    return [];
  }
}

const read = (file: string) => readFileSync(join(root, file), 'utf8');

/** Specifiers that a file imports, static and dynamic. */
function imports(file: string): string[] {
  const text = read(file).replace(/^\s*(\/\/|\*|\/\*).*$/gm, '');
  return [...text.matchAll(/(?:\bfrom\s+|\bimport\s*\(?\s*|new URL\(\s*)'([^']+)'/g)].map((match) => match[1] ?? '');
}

const stage = (file: string) => relative('src', file).split('/')[0] ?? '';
const target = (file: string, specifier: string) => join(dirname(file), specifier);

describe('the architecture', () => {
  it('imports only in the direction of the data', () => {
    const wrong = src.flatMap((file) =>
      imports(file)
        .filter((specifier) => specifier.startsWith('.') && target(file, specifier).startsWith('src/'))
        .filter((specifier) => {
          const from = stage(file);
          const to = stage(target(file, specifier));
          return from !== to && !order[from]?.includes(to);
        })
        .map((specifier) => `${file} → ${specifier}`),
    );
    expect(wrong).toEqual([]);
  });

  it('lets only connect/find.ts import the connectors', () => {
    const wrong = src.filter(
      (file) => file !== 'src/connect/find.ts' && imports(file).some((name) => name.includes('connectors/')),
    );
    expect(wrong).toEqual([]);
  });

  it('lets a connector import only hookline/plugin, packages and its own folder', () => {
    const wrong = connectors
      .filter((file) => file !== 'connectors/index.ts')
      .flatMap((file) =>
        imports(file)
          .filter((specifier) => specifier.startsWith('.'))
          .filter((specifier) => target(file, specifier).split('/')[1] !== file.split('/')[1])
          .map((specifier) => `${file} → ${specifier}`),
      );
    expect(wrong).toEqual([]);
  });

  it('has no import cycles', () => {
    const graph = new Map(
      [...src, ...connectors].map((file) => [
        file,
        imports(file)
          .filter((name) => name.startsWith('.'))
          .map((name) => target(file, name)),
      ]),
    );
    const cycles: string[] = [];
    const done = new Set<string>();
    const walk = (file: string, path: readonly string[]) => {
      if (path.includes(file)) cycles.push([...path.slice(path.indexOf(file)), file].join(' → '));
      if (done.has(file) || path.includes(file)) return;
      for (const next of graph.get(file) ?? []) if (graph.has(next)) walk(next, [...path, file]);
      done.add(file);
    };
    for (const file of graph.keys()) walk(file, []);
    expect(cycles).toEqual([]);
  });

  it('names no vendor in src', () => {
    const vendors = /\b(slack|salesforce|truedy|github|stripe|nodemailer|jsforce)\b/i;
    const wrong = src.flatMap((file) =>
      read(file)
        .split('\n')
        .map((line, index) => ({ line, at: `${file}:${index + 1}` }))
        // The one vendor word of the schema language: text is encoded as that vendor reads it.
        // And the one form of annotations that pull requests know.
        .filter(
          ({ line, at }) =>
            !(at.startsWith('src/cli/check') && /\bgithub\b/i.test(line)) &&
            vendors.test(line.replace(/'slack'|GitHub Actions|\bslack\b(?=:| \|)/g, '')),
        )
        .map(({ at, line }) => `${at} ${line.trim()}`),
    );
    expect(wrong).toEqual([]);
  });

  it('keeps files at 250 lines and core at its list', () => {
    const long = [...src, ...connectors].filter((file) => read(file).split('\n').length - 1 > 250);
    expect(long).toEqual([]);
    const core = src
      .filter((file) => stage(file) === 'core')
      .map((file) => file.slice('src/core/'.length))
      .sort();
    expect(core).toEqual([
      'errors.ts',
      'failpoint.ts',
      'id.ts',
      'log.ts',
      'metrics.ts',
      'model.ts',
      'operations.ts',
      'settings.ts',
      'threads.ts',
    ]);
  });

  it('keeps functions at 50 lines', () => {
    const long = [...src, ...connectors].flatMap((file) =>
      [...read(file).matchAll(/^( *)(?:export )?(?:default )?(?:async )?function\*? (\w+)[\s\S]*?\n\1\}/gm)]
        .map((match) => ({ name: match[2], lines: match[0].split('\n').length }))
        .filter(({ lines }) => lines > 50)
        .map(({ name, lines }) => `${file} ${name}: ${lines} lines`),
    );
    expect(long).toEqual([]);
  });

  it('has no folder for what belongs elsewhere', () => {
    const wrong = own.filter((file) => /(^|\/)(utils?|helpers?|common|shared|lib)(\/|\.ts$)/.test(file));
    expect(wrong).toEqual([]);
  });

  it('changes the status of a run only in run/settle.ts', () => {
    const runStatus = /\bstatus: '(running|waiting|held|canceled)' as const|\.\.\.run,[^}]*\bstatus:/;
    const wrong = src.filter(
      (file) => stage(file) === 'run' && file !== 'src/run/settle.ts' && runStatus.test(read(file)),
    );
    expect(wrong).toEqual([]);
  });

  it('starts each file by saying what it is for', () => {
    const wrong = [...src, ...connectors].filter((file) => !/^(#!.*\n)?\/\//.test(read(file)));
    expect(wrong).toEqual([]);
  });
});
