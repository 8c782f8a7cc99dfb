import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { broken, checked, connections, fine, sources } from './check-files.ts';
import { say } from './terminal.ts';

const set = { env: { PHONE: 'whsec-0123456789', CHAT: 'xoxb-0123456789' } };

describe('hookline check', () => {
  it('tells of a fine file what each step guarantees', async () => {
    const { code, out, err } = await checked(['a.yaml'], { 'a.yaml': fine }, set);
    expect(code).toBe(0);
    expect(err).toBe('');
    expect(out.split('\n')).toEqual([
      '✓ a.yaml: 1 workflow, no problem',
      '',
      'tell',
      '  post-message  chat.post-message  exactly one effect   in doubt it is looked up, and held when that does not tell',
      '  request       http.request       at most one effect   in doubt it is held until you say whether it happened',
    ]);
  });

  it('aligns the steps of all workflows, and lets one long name stand out alone', async () => {
    const more = `  other:\n    on: phone:call.ended\n    steps:\n      - { id: a, uses: http.request, with: { method: GET, url: "https://example.com" } }\n      - { id: ${'x'.repeat(40)}, uses: http.request, with: { method: GET, url: "https://example.com" } }\n`;
    const { out } = await checked(['a.yaml'], { 'a.yaml': fine + more }, set);
    const columns = out.split('\n').map((line) => line.search(/exactly|at most/));
    expect(columns.filter((column) => column > 0)).toEqual([35, 35, 35, 63]);
  });

  it('prints the problems of a broken file and ends with 1', async () => {
    const { code, out } = await checked(['a.yaml'], { 'a.yaml': broken });
    expect(code).toBe(1);
    expect(out.split('\n')).toEqual([
      'a.yaml:8:15 error step.unknown-action',
      '  action "chat.post-mesage" does not exist',
      '  8 |       - uses: chat.post-mesage',
      '    |               ^^^^^^^^^^^^^^^^',
      '  help: Did you mean "chat.post-message"?',
      '',
      '✗ a.yaml: 1 error',
    ]);
  });

  it('ends with 0 when there are only warnings', async () => {
    const { code, out } = await checked(['a.yaml'], { 'a.yaml': fine.replace('call.ended', 'call.new') });
    expect(code).toBe(0);
    expect(out).toContain('✓ a.yaml: 1 workflow, 1 warning');
  });

  it('has no colour unless it is wanted', async () => {
    const files = { 'a.yaml': fine, 'b.yaml': broken };
    const escape = '\u001b[';
    expect((await checked(['a.yaml', 'b.yaml'], files)).out).not.toContain(escape);
    expect((await checked(['a.yaml', 'b.yaml'], files, { color: true })).out).toContain(escape);
  });

  it('shows what a file says without letting it act on the terminal', async () => {
    const text = fine.replace('chat.post-message', '"chat.\\e[31m\\u202epost"');
    const { out } = await checked(['a.yaml'], { 'a.yaml': text });
    expect(out).toContain('action "chat.\\u001b[31m\\u202epost" does not exist');
    expect(out).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
  });

  it('finds nothing wrong with the example that comes with Hookline', async () => {
    const path = new URL('../../workflows.example.yaml', import.meta.url).pathname;
    const { code, out } = await say(check, [path, '--strict'], { cwd: '/nonexistent' });
    expect(await readFile(path, 'utf8')).toContain('call-summary');
    expect(out).toContain('1 error');
    expect(out).toContain('step "tell" does not say what is done when nobody knows whether mail.send happened');
    expect(code).toBe(1);
    expect((await say(check, [path], { cwd: '/nonexistent' })).out).toContain('1 workflow, no problem');
  });
});

describe('the file that is checked', () => {
  it('is ./workflows.yaml, else the folder ./workflows, else the one of WORKFLOWS', async () => {
    expect((await checked([], { 'workflows.yaml': fine, 'workflows/a.yaml': broken })).out).toContain(
      '✓ workflows.yaml:',
    );
    expect((await checked([], { 'workflows/a.yaml': fine })).out).toContain('✓ workflows: 1 workflow');
    const io = { env: { WORKFLOWS: './b.yaml' } };
    expect((await checked([], { 'workflows.yaml': broken, 'b.yaml': fine }, io)).out).toContain('✓ b.yaml:');
  });

  it('may be several, and the worst of them is the exit code', async () => {
    const files = { 'a.yaml': fine, 'b.yaml': broken };
    const { code, out, err } = await checked(['b.yaml', 'a.yaml', 'gone.yaml'], files);
    expect(code).toBe(2);
    expect(out).toMatch(/✗ b\.yaml[^]*\n\n✓ a\.yaml/);
    expect(err).toContain('"gone.yaml" cannot be read: it does not exist.');
    expect((await checked(['b.yaml', 'a.yaml'], files)).code).toBe(1);
  });

  it('may be a folder, whose files are one: problems are grouped by file', async () => {
    const workflows = fine.slice(fine.indexOf('workflows:'));
    const files = {
      'all/a.yaml': `version: 1\n${workflows}`,
      'all/b.yaml': `version: 1\nenv: { NONE: 1, NONE2: 2 }\n${sources}`,
      'all/c.yaml': `version: 1\n${connections}`,
      'all/c.test.yaml': 'not: read',
    };
    const good = await checked(['all'], files, set);
    expect(good.code).toBe(0);
    const lines = good.out.split('\n').filter((line) => /^(all|✓|✗)/.test(line));
    expect(lines).toEqual([
      'all/b.yaml:2:8 warning env.unused',
      'all/b.yaml:2:17 warning env.unused',
      '✓ all/a.yaml: no problem',
      '✓ all/b.yaml: 2 warnings',
      '✓ all/c.yaml: no problem',
      '✓ all: 3 files, 1 workflow, 2 warnings',
    ]);
    const bad = await checked(['all'], { ...files, 'all/a.yaml': files['all/a.yaml'].replace('post-message', 'post') });
    expect(bad.code).toBe(1);
    expect(bad.out).toContain('all/a.yaml:6:15 error step.unknown-action');
    expect(bad.out).toMatch(/✗ all\/a\.yaml: 1 error[^]*✗ all: 3 files, 1 error$/);
  });
});

describe('--strict', () => {
  it('refuses a step that can be in doubt for good and does not say "onDoubt"', async () => {
    const { code, out } = await checked(['a.yaml', '--strict'], { 'a.yaml': fine }, set);
    expect(code).toBe(1);
    expect(out).toContain('a.yaml:10:15 error step.on-doubt');
    expect(out).toContain('✗ a.yaml: 1 workflow, 1 error');
    const said = fine.replace('- uses: http.request', '- uses: http.request\n        onDoubt: hold');
    expect((await checked(['a.yaml', '--strict'], { 'a.yaml': said }, set)).code).toBe(0);
  });

  it('takes every warning for an error', async () => {
    const text = fine.replace('version: 1', 'version: 1\nenv: { NONE: 1 }').replace('POST', 'GET');
    expect((await checked(['a.yaml'], { 'a.yaml': text }, set)).code).toBe(0);
    const { code, out } = await checked(['a.yaml', '--strict'], { 'a.yaml': text }, set);
    expect(code).toBe(1);
    expect(out).toContain('a.yaml:2:8 error env.unused');
  });
});

describe('secrets that are not set', () => {
  it('are named in one remark where none is, which is no problem', async () => {
    const { code, out } = await checked(['a.yaml'], { 'a.yaml': fine });
    expect(code).toBe(0);
    expect(out).toContain('1 workflow, no problem');
    expect(out.split('\n\n').at(-1)).toBe(
      'No secret is set here, which "hookline serve" needs and "hookline dev" does not: PHONE, CHAT',
    );
  });

  it('are warned of where others are, be it by a file, and no value is shown', async () => {
    const files = { 'a.yaml': fine, 'secret.txt': 'very-secret-value\n' };
    for (const env of [{ PHONE: 'very-secret-value' }, { PHONE_FILE: new URL(import.meta.url).pathname }]) {
      const { code, out } = await checked(['a.yaml'], files, { env });
      expect(code).toBe(0);
      expect(out).toContain('a.yaml:3:57 warning secret.unset');
      expect(out).not.toContain('No secret is set');
      expect(out).not.toContain('very-secret-value');
    }
    const gone = await checked(['a.yaml'], files, { env: { CHAT: 'x', PHONE_FILE: '/nowhere/at/all' } });
    expect(gone.out).toContain('a.yaml:2:50 warning secret.unset');
  });

  it('are not spoken of with --no-secrets', async () => {
    for (const env of [{}, { PHONE: 'a' }]) {
      const { out } = await checked(['a.yaml', '--no-secrets'], { 'a.yaml': fine }, { env });
      expect(out).toContain('1 workflow, no problem');
      expect(out).not.toContain('CHAT');
    }
  });
});

describe('a mistake in the command line', () => {
  it.each([
    [['--formt', 'json'], 'option "--formt" does not exist; did you mean "--format"?'],
    [['--format', 'xml'], 'format "xml" does not exist; there are: text, json, github.'],
    [['--format', 'toString'], 'format "toString" does not exist'],
    [['--strict=1'], "Option '--strict' does not take an argument"],
  ])('%j ends with 2 and says what is wrong', async (args, wanted) => {
    const { code, out, err } = await checked(['a.yaml', ...args], { 'a.yaml': fine });
    expect(code).toBe(2);
    expect(out).toBe('');
    expect(err).toContain(wanted);
  });
});
