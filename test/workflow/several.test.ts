import { describe, expect, it } from 'vitest';
import { listFiles, nameFiles, packFiles, unpackFiles } from '../../src/workflow/files.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { formatProblem } from '../../src/workflow/problem.ts';
import { totalLimit } from '../../src/workflow/read.ts';
import { catalog, eventOf, scopeOf } from './catalog.ts';

const base = {
  file: 'flows/base.yaml',
  text: `version: 1
env: { OWNER: owner@example.com }
sources: { phone: { uses: phone, secrets: ["\${{ secrets.PHONE }}"] } }
connections:
  desk: { uses: notes, with: { url: https://notes.example.com } }
`,
};
const flow = (name: string, lines = '') => ({
  file: `flows/${name}.yaml`,
  text: `version: 1
workflows:
  ${name}:
    on: phone:call.ended
    steps:
      - uses: desk.save-note
        with: { title: "\${{ env.OWNER }}" }
${lines}`,
});

const load = (...files: readonly { file: string; text: string }[]) => loadWorkflows(files, catalog);
const placesOf = async (...files: readonly { file: string; text: string }[]) =>
  (await load(...files)).problems.map(({ code, at }) => `${at.file}:${at.line}:${at.column} ${code}`);

describe('several files', () => {
  it('are one: what a file defines, the others use', async () => {
    const { workflows, problems } = await load(base, flow('one'), flow('two'));
    expect(problems).toEqual([]);
    expect([...(workflows?.workflows.keys() ?? [])]).toEqual(['one', 'two']);
    expect(workflows?.match(eventOf({})).map(({ workflow }) => workflow.name)).toEqual(['one', 'two']);
    expect(workflows?.workflows.get('two')?.steps[0]?.input(scopeOf({}))).toEqual({
      ok: true,
      value: { title: 'owner@example.com' },
    });
    expect(workflows?.workflows.get('two')?.at).toEqual({ file: 'flows/two.yaml', line: 3, column: 3 });
    expect(workflows?.file).toBe('flows');
  });

  it('give each problem the place and the line of its own file', async () => {
    const wrong = { ...flow('two'), text: flow('two').text.replace('env.OWNER', 'env.OWNR') };
    const typed = flow('three', '        if: env.NOPE == 1\n');
    const all = [base, flow('one'), wrong, { ...typed, text: `\uFEFF# a remark\r\n${typed.text}` }];
    const { problems, files, workflows } = await load(...all);
    expect(workflows).toBeNull();
    const [first] = problems;
    expect(first?.at).toEqual({ file: 'flows/two.yaml', line: 7, column: 33 });
    expect(first === undefined ? '' : formatProblem(first, files, { color: false }).split('\n').slice(2, 4)).toEqual([
      '  7 |         with: { title: "${{ env.OWNR }}" }',
      '    |                                 ^^^^',
    ]);
    expect(problems.slice(1).map(({ code, at }) => `${code} ${at.file}:${at.line}:${at.column}`)).toEqual([
      'expression.unknown-env flows/three.yaml:9:17',
    ]);
  });

  it('may each have problems of reading, which are all told', async () => {
    const torn = { file: 'flows/torn.yaml', text: 'version: 1\nworkflows:\n\tx: 1\n' };
    const empty = { file: 'flows/void.yaml', text: '' };
    expect(await placesOf(base, torn, empty)).toEqual([
      'flows/torn.yaml:3:1 yaml.tab',
      'flows/void.yaml:1:1 file.empty',
    ]);
  });

  it('each need a version', async () => {
    const bare = { ...flow('one'), text: flow('one').text.replace('version: 1\n', '') };
    expect(await placesOf(base, bare)).toEqual(['flows/one.yaml:1:1 value.missing-key']);
  });

  it('cannot define a name twice', async () => {
    const again = { ...flow('one'), file: 'flows/z.yaml' };
    const { problems } = await load(base, flow('one'), again);
    expect(problems.map(({ at, message }) => `${at.file}:${at.line}:${at.column} ${message}`)).toEqual([
      'flows/z.yaml:3:3 workflow "one" is already defined at flows/one.yaml:3:3',
    ]);
    const sections = await load(base, { ...base, file: 'flows/more.yaml' }, flow('one'));
    expect(sections.problems.map(({ message }) => message.split(' is ')[0])).toEqual([
      'env "OWNER"',
      'source "phone"',
      'connection "desk"',
    ]);
  });

  it('need a workflow in one of them', async () => {
    const { problems } = await load(base, { file: 'flows/b.yaml', text: 'version: 1\n' });
    expect(problems.map(({ message }) => message)).toEqual(['no file of "flows" has "workflows"']);
    expect((await load()).problems.map(({ code }) => code)).toEqual(['file.empty']);
  });

  it('are limited together', async () => {
    const filler = Array.from({ length: 20 }, (_, index) => ({
      file: `flows/${index}.yaml`,
      text: `version: 1\n# ${'x'.repeat(totalLimit / 20)}\n`,
    }));
    expect(await placesOf(...filler)).toEqual(['flows/0.yaml:1:1 file.too-large']);
    expect(await placesOf(base, flow('one'), ...filler.slice(0, 3))).toEqual([]);
  });

  it('have a hash of their names and texts', async () => {
    const hash = async (...files: readonly { file: string; text: string }[]) => (await load(...files)).workflows?.hash;
    const first = await hash(base, flow('one'));
    expect(await hash(base, flow('one'))).toBe(first);
    expect(await hash(base, { ...flow('one'), file: 'flows/other.yaml' })).not.toBe(first);
    expect(await hash(base, { ...flow('one'), text: `${flow('one').text}#` })).not.toBe(first);
  });

  it('are kept as one text and loaded from it again', async () => {
    const { workflows } = await load(base, flow('one'));
    const kept = unpackFiles(workflows?.file ?? '', workflows?.text ?? '');
    expect(kept).toEqual([base, flow('one')]);
    expect((await loadWorkflows(kept, catalog)).workflows?.hash).toBe(workflows?.hash);
  });

  it('leave the text of a single file as it is', () => {
    const one = { file: 'w.yaml', text: flow('one').text };
    expect(packFiles(one)).toBe(one.text);
    expect(unpackFiles('w.yaml', one.text)).toEqual(one);
    expect(nameFiles(one)).toBe('w.yaml');
    expect(listFiles(one)).toEqual([one]);
    // Only a whole map is ever accepted, so nothing that was accepted looks like a list.
    expect(packFiles([one]).startsWith('[')).toBe(true);
  });
});
