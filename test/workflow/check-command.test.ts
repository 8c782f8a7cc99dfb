import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { HostError } from '../../src/core/errors.ts';
import { check, type CheckIo } from '../../src/cli/check.ts';
import { say } from '../cli/terminal.ts';
import { catalog, inSteps } from './catalog.ts';

const fine = inSteps('- uses: desk.save-note\n  with: { title: a }\n- uses: web.call\n  with: { url: a }');
const broken = fine.replace('desk.save', 'desk.sav');

function run(args: readonly string[], files: Record<string, string> = {}) {
  const io: Partial<CheckIo> = {
    cwd: '/w',
    catalog: () => Promise.resolve(catalog),
    read: (path, file) => {
      const text = files[path];
      if (text === undefined) throw new HostError('config.unreadable', { file, why: 'ENOENT' });
      return Promise.resolve({ file, text });
    },
  };
  return say(check, args, io);
}

describe('hookline check', () => {
  it('tells of a fine file what each step guarantees', async () => {
    const { code, out } = await run(['a.yaml'], { '/w/a.yaml': fine });
    expect(code).toBe(0);
    expect(out.split('\n')).toEqual([
      '✓ a.yaml: 1 workflow, no problem',
      '',
      'one',
      '  save-note  desk.save-note  exactly one effect   every attempt carries the same key, and a repeat with it changes nothing',
      '  call       web.call        at most one effect   in doubt it is held until you say whether it happened',
    ]);
  });

  it('prints the problems of a broken file and ends with 1', async () => {
    const { code, out } = await run(['a.yaml'], { '/w/a.yaml': broken });
    expect(code).toBe(1);
    expect(out).toContain('a.yaml:9:15 error step.unknown-action');
    expect(out).toContain('✗ a.yaml: 1 error');
  });

  it('ends with 0 when there are only warnings', async () => {
    const { code, out } = await run(['a.yaml'], { '/w/a.yaml': fine.replace('call.ended', 'call.new') });
    expect(code).toBe(0);
    expect(out).toContain('✓ a.yaml: 1 workflow, 1 warning');
  });

  it('checks every file it is given, and ends with the worst code', async () => {
    const { code, out, err } = await run(['b.yaml', 'a.yaml', 'gone.yaml'], { '/w/a.yaml': fine, '/w/b.yaml': broken });
    expect(code).toBe(2);
    expect(out).toMatch(/✗ b\.yaml[^]*✓ a\.yaml/);
    expect(err).toContain('"gone.yaml" cannot be read: ENOENT.');
  });

  it('takes ./workflows.yaml when no file is given', async () => {
    expect((await run([], { '/w/workflows.yaml': fine })).out).toContain('✓ workflows.yaml');
  });

  it('finds nothing wrong with the example that comes with Hookline', async () => {
    const path = new URL('../../workflows.example.yaml', import.meta.url).pathname;
    const { code, out } = await say(check, [path], { cwd: '/w' });
    expect(await readFile(path, 'utf8')).toContain('call-summary');
    expect(code, out).toBe(0);
    expect(out).toContain('1 workflow, no problem');
  });
});
