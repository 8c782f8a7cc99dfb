import { expect, it } from 'vitest';
import { changesOf } from '../../src/workflow/changes.ts';
import { packFiles } from '../../src/workflow/files.ts';

const flows = (...names: string[]) =>
  `version: 1\nworkflows:\n${names.map((name) => `  ${name}: { on: a:b, steps: [] }\n`).join('')}`;
const one = (text: string) => ({ file: 'w.yaml', text });
const several = (files: Record<string, string>) => ({
  file: 'w',
  text: packFiles(Object.entries(files).map(([name, text]) => ({ file: `w/${name}`, text }))),
});
const changes = (added: string[], removed: string[], changed: string[]) => ({ added, removed, changed });

it('names what was added, removed and changed', async () => {
  const before = one(flows('a', 'b', 'c'));
  const after = one(flows('c', 'a', 'd').replace('  a: { on: a:b', '  a: { on: a:z'));
  expect(await changesOf(before, after)).toEqual(changes(['d'], ['b'], ['a']));
});

it('finds no change in comments, places and the order of a file', async () => {
  const after = one(`\uFEFF# a remark\n${flows('b', 'a').replace('steps: [] }', 'steps: [ ] } # none')}`);
  expect(await changesOf(one(flows('a', 'b')), after)).toEqual(changes([], [], []));
});

it('follows a workflow from one file to another', async () => {
  const before = several({ 'a.yaml': flows('a', 'b'), 'c.yaml': flows('c') });
  const after = several({ 'a.yaml': flows('a'), 'b.yaml': flows('b'), 'd.yaml': flows('c') });
  expect(await changesOf(before, after)).toEqual(changes([], [], []));
  expect(await changesOf(one(flows('a', 'b', 'c')), before), 'a file that became a folder').toEqual(
    changes([], [], []),
  );
  expect(await changesOf(before, several({ 'a.yaml': flows('a', 'b') }))).toEqual(changes([], ['c'], []));
});
