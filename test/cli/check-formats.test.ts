// `hookline check --format json` and `--format github`: what programs read.

import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { check } from '../../src/cli/check.ts';
import { broken, checked, fine, folderOf } from './check-files.ts';
import { say } from './terminal.ts';

const set = { env: { PHONE: 'whsec-0123456789', CHAT: 'xoxb-0123456789' } };

describe('--format json', () => {
  it('is one document: counts, problems with their places, and the guarantee of each step', async () => {
    const { code, out } = await checked(['a.yaml', '--format', 'json'], {
      'a.yaml': fine.replace('call.ended', 'call.new'),
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toEqual({
      version: 1,
      ok: true,
      errors: 0,
      warnings: 1,
      files: [{ file: 'a.yaml', errors: 0, warnings: 1, unreadable: null }],
      problems: [
        {
          code: 'event.unknown-type',
          severity: 'warning',
          file: 'a.yaml',
          line: 6,
          column: 9,
          endColumn: 23,
          path: 'workflows.tell.on',
          message: 'source "phone" is not known to send "call.new"',
          hint: 'Did you mean "phone:call.ended"?',
        },
      ],
      workflows: [
        {
          name: 'tell',
          file: 'a.yaml',
          line: 5,
          column: 3,
          steps: [
            {
              id: 'post-message',
              uses: 'chat.post-message',
              file: 'a.yaml',
              line: 8,
              column: 15,
              effect: 'lookup',
              onDoubt: 'hold',
              effects: 'exactly one',
              why: 'in doubt it is looked up, and held when that does not tell',
            },
            expect.objectContaining({ id: 'request', effect: 'once', effects: 'at most one' }),
          ],
        },
      ],
      unsetSecrets: ['PHONE', 'CHAT'],
      connections: [],
    });
  });

  it('has the same keys for a broken file and for one that cannot be read', async () => {
    const files = { 'a.yaml': broken };
    const { code, out } = await checked(['a.yaml', 'gone.yaml', '--json'], files, set);
    expect(code).toBe(2);
    expect(JSON.parse(out)).toMatchObject({
      version: 1,
      ok: false,
      errors: 1,
      warnings: 0,
      files: [
        { file: 'a.yaml', errors: 1, warnings: 0, unreadable: null },
        { file: 'gone.yaml', errors: 0, warnings: 0, unreadable: '"gone.yaml" cannot be read: it does not exist' },
      ],
      problems: [{ code: 'step.unknown-action', severity: 'error', line: 8 }],
      workflows: [],
      unsetSecrets: [],
      connections: [],
    });
  });

  it('keeps the guarantees beside the errors of --strict', async () => {
    const { code, out } = await checked(['a.yaml', '--json', '--strict'], { 'a.yaml': fine }, set);
    expect(code).toBe(1);
    expect(JSON.parse(out)).toMatchObject({
      ok: false,
      problems: [{ code: 'step.on-doubt', severity: 'error' }],
      workflows: [{ name: 'tell' }],
    });
  });

  it('holds nothing that a terminal would act on', async () => {
    const text = fine.replace('chat.post-message', '"chat.\\e[31m\\u202e\\x9bpost"');
    const { out } = await checked(['a.yaml', '--json'], { 'a.yaml': text });
    expect(out).not.toMatch(/[^\P{Cc}\n]|\u202e/u);
    expect(JSON.parse(out)).toMatchObject({
      problems: [{ message: expect.stringContaining('\u001b[31m\u202e\u009b') }],
    });
  });
});

/** What a CI service reads in a line: `::name key=value,…::message`. */
function readCommand(line: string) {
  const match = /^::(\w+) (.*?)::(.*)$/.exec(line.trim());
  if (match === null) return undefined;
  const unescape = (text: string) =>
    text
      .replaceAll('%2C', ',')
      .replaceAll('%3A', ':')
      .replaceAll('%0A', '\n')
      .replaceAll('%0D', '\r')
      .replaceAll('%25', '%');
  const properties = (match[2] ?? '')
    .split(',')
    .map((pair) => [pair.split('=', 1)[0], unescape(pair.slice(pair.indexOf('=') + 1))]);
  return {
    kind: match[1],
    properties: Object.fromEntries(properties) as Record<string, string>,
    message: unescape(match[3] ?? ''),
  };
}

const github = async (text: string, name = 'a.yaml') => {
  const { code, out } = await checked([name, '--format', 'github'], { [name]: text }, set);
  const lines = out.split('\n');
  return { code, lines, commands: lines.flatMap((line) => readCommand(line) ?? []) };
};

describe('--format github', () => {
  it('annotates each problem at its place, and says the rest in one plain line', async () => {
    const { code, lines } = await github(broken);
    expect(code).toBe(1);
    expect(lines).toEqual([
      '::error file=a.yaml,line=8,col=15,endLine=8,endColumn=31,title=step.unknown-action::action "chat.post-mesage" does not exist%0ADid you mean "chat.post-message"?',
      '✗ a.yaml: 1 error',
    ]);
  });

  it('makes a warning of a warning, and is quiet about a fine file', async () => {
    expect((await github(fine)).lines).toEqual(['✓ a.yaml: no problem']);
    const { code, commands } = await github(fine.replace('call.ended', 'call.new'));
    expect(code).toBe(0);
    expect(commands).toMatchObject([{ kind: 'warning', properties: { title: 'event.unknown-type', line: '6' } }]);
  });

  it.each([
    ['a line break', 'x\\n::error file=b.yaml::no'],
    ['a carriage return', 'x\\r::set-output name=a::b'],
    ['both, and blanks', 'x\\r\\n   ::stop-commands::abc'],
    ['a line separator', 'x\\u2028::debug::b'],
    ['a percent sign', '100%0A::error::no%25'],
    ['the end of the properties', 'x::y,z=1:'],
    ['colours and directions', '\\e[31mx\\u202e'],
  ])('%s in a name begins no command of its own', async (_name, name) => {
    const { code, lines, commands } = await github(fine.replace('chat.post-message', `"chat.${name}"`));
    expect(code).toBe(1);
    expect(lines).toHaveLength(2);
    expect(lines.join('')).not.toMatch(/[\p{Cc}\u202e]/u);
    expect(commands).toHaveLength(1);
    expect(commands[0]).toMatchObject({
      kind: 'error',
      properties: { file: 'a.yaml', line: '8', title: 'step.unknown-action' },
    });
    const told = JSON.parse(`"${name.replaceAll('\\e', '\\u001b')}"`) as string;
    const shown = told
      .replaceAll('\u2028', '\n')
      .replaceAll(/[^\P{Cc}\r\n]|\u202e/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`);
    expect(commands[0]?.message).toContain(`action "chat.${shown}" does not exist`);
  });

  it('escapes what the name of a file could end', async () => {
    const { lines, commands } = await github(broken, 'a,line=1::b%0A\n::error ::x.yaml');
    expect(lines).toHaveLength(2);
    expect(commands).toHaveLength(1);
    expect(commands[0]?.properties).toMatchObject({ file: 'a,line=1::b%0A\n::error ::x.yaml', line: '8' });
  });

  it('names files from the root of the checkout', async () => {
    const root = await folderOf({ 'flows/a.yaml': broken });
    const cwd = join(root, 'flows');
    const at = async (workspace: string) => {
      const { out } = await say(check, ['a.yaml', '--format', 'github'], { cwd, env: { GITHUB_WORKSPACE: workspace } });
      return readCommand(out.split('\n')[0] ?? '')?.properties['file'];
    };
    expect(await at(root)).toBe('flows/a.yaml');
    expect(await at('/elsewhere')).toBe('a.yaml');
    expect(await at('')).toBe('a.yaml');
  });

  it('tells of a file that cannot be read', async () => {
    const { code, out } = await checked(['gone.yaml', '--format', 'github'], {});
    expect(code).toBe(2);
    expect(readCommand(out)).toMatchObject({
      kind: 'error',
      properties: { title: 'config.unreadable' },
      message: expect.stringContaining('"gone.yaml" cannot be read: it does not exist.\n'),
    });
  });
});
