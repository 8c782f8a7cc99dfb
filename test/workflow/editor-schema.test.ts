// The editor schema in the hands of the real YAML language server, on the example file.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findConnectors } from '../../src/connect/find.ts';
import { findEditorParts } from '../../src/workflow/editor-parts.ts';
import { editorSchema } from '../../src/workflow/editor-schema.ts';
import { plain } from '../../src/workflow/editor-values.ts';
import { formats } from '../../src/workflow/schema.ts';
import { startLanguageServer, type LanguageServer, type Position } from './language-server.ts';

const modeline = '# yaml-language-server: $schema=./workflows.schema.json\n';

let example: string;
let folder: string;
let server: LanguageServer;
let opened = 0;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'hookline-editor-'));
  example = modeline + (await readFile(new URL('../../workflows.example.yaml', import.meta.url), 'utf8'));
  const catalog = await findConnectors({ pluginsDir: join(folder, 'plugins') });
  const schema = editorSchema(await findEditorParts(example, catalog));
  await writeFile(join(folder, 'workflows.schema.json'), JSON.stringify(schema));
  server = await startLanguageServer();
});
afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

const place = (text: string, offset: number): Position => {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length - 1, character: before.at(-1)?.length ?? 0 };
};

/** Opens the example with a piece replaced; `|` in the new piece is the cursor and is taken out. */
async function edit(old: string, piece: string) {
  const at = example.indexOf(old);
  if (at === -1) throw new Error(`the example does not hold ${old}`);
  const cursor = piece.indexOf('|');
  const written = cursor === -1 ? piece : piece.slice(0, cursor) + piece.slice(cursor + 1);
  const text = example.slice(0, at) + written + example.slice(at + old.length);
  const uri = pathToFileURL(join(folder, `w${++opened}.yaml`)).href;
  const problems = await server.open(uri, text);
  const shown = problems.map(({ range, message }) => `${range.start.line + 1}:${range.start.character + 1} ${message}`);
  return { uri, text, shown, cursor: place(text, at + Math.max(cursor, 0)), line: place(text, at).line + 1 };
}

async function offered(old: string, piece: string): Promise<readonly string[]> {
  const { uri, cursor } = await edit(old, piece);
  return server.complete(uri, cursor);
}

describe('an editor', () => {
  it('finds nothing wrong in the example', async () => {
    expect((await edit('version: 1', 'version: 1')).shown).toEqual([]);
  });

  it('completes the events of the sources', async () => {
    const found = await offered('on: truedy:call.ended', 'on: |');
    expect(found).toEqual(expect.arrayContaining(['truedy:call.ended', 'truedy:call.started']));
    expect(await offered('on: truedy:call.ended', 'on:\n      - |')).toContain('truedy:call.ended');
  });

  it('completes the actions of the connections, and of connectors that need none', async () => {
    const found = await offered('uses: mail.send', 'uses: |');
    expect(found).toEqual(
      expect.arrayContaining(['mail.send', 'crm.upsert-record', 'ops.post-message', 'http.request']),
    );
    expect(found).not.toContain('salesforce.upsert-record');
    expect(await offered('uses: salesforce', 'uses: |')).toEqual(
      expect.arrayContaining(['salesforce', 'email', 'http']),
    );
    expect(await offered('uses: truedy', 'uses: |')).toEqual(expect.arrayContaining(['truedy', 'custom']));
  });

  it('completes the input of the action, and no other', async () => {
    const found = await offered(
      '          channel: ${{ env.CHANNEL }}',
      '          channel: ${{ env.CHANNEL }}\n          |',
    );
    expect(found).toEqual(expect.arrayContaining(['thread_ts', 'blocks']));
    expect(found).not.toContain('subject');
    const nested = await offered(
      'externalId: { field: Truedy_Call_Id__c, value: "${{ event.data.call.callId }}" }',
      'externalId:\n            |',
    );
    expect(nested).toEqual(expect.arrayContaining(['field', 'value']));
  });

  it('completes the settings of a connection', async () => {
    const found = await offered('      user: calls', '      user: calls\n      |');
    expect(found).toEqual(expect.arrayContaining(['secure', 'tls']));
  });

  it.each([
    ['needs: [log]', 'ne|eds: [log]', 'Steps that must be done first'],
    ['channel: ${{ env.CHANNEL }}', 'cha|nnel: ${{ env.CHANNEL }}', 'The app must be a member of it.'],
    ['unique: event', 'uni|que: event', 'One run for each value of this expression.'],
    ['port: 587', 'po|rt: 587', 'Port of the SMTP server.'],
    ['uses: mail.send', 'uses: mail.|send', 'Sends'],
  ])('explains %s', async (old, piece, text) => {
    const { uri, cursor } = await edit(old, piece);
    const shown = await server.hover(uri, cursor);
    expect(shown).toContain(text);
    expect(shown).not.toContain('||');
  });

  it.each([
    [
      'an unknown key of an input',
      'channel: ${{ env',
      'chanel: a\n          channel: ${{ env',
      0,
      /chanel is not allowed/,
    ],
    [
      'a key of another action',
      'needs: [log]\n        with:',
      'needs: [log]\n        with:\n          subject: a',
      2,
      /subject is not allowed/,
    ],
    [
      'a missing input',
      'externalId: { field: Truedy_Call_Id__c, value: "${{ event.data.call.callId }}" }',
      '',
      -1,
      /Missing property "externalId"/,
    ],
    ['an unknown action', 'uses: ops.post-message', 'uses: ops.post-mesage', 0, /not accepted.*crm\.upsert-record/],
    [
      'a source that is not declared',
      'on: truedy:call.ended',
      'on: truedi:call.ended',
      0,
      /not accepted.*truedy:call\.ended/,
    ],
    ['a wrong type', 'channel: ${{ env.CHANNEL }}', 'unfurl_links: 12\n          channel: a', 0, /boolean/],
    ['an unknown key inside an input', 'to: [{ address:', 'to: [{ adress:', 0, /adress is not allowed/],
    ['a wrong setting', 'port: 587', 'port: many', 0, /integer/],
    ['a duration that is none', 'needs: [log]', 'timeout: soon', 0, /duration/],
    ['a missing `with`', 'needs: [log]\n        with:', 'needs: [log]\n        id:', -1, /Missing property "with"/],
  ])('marks %s at its place', async (_case, old, piece, down, message) => {
    const { shown, line } = await edit(old, piece);
    expect(shown.join('\n')).toMatch(message);
    if (down >= 0) expect(shown.some((one) => one.startsWith(`${line + down}:`))).toBe(true);
  });

  it.each([
    ['a whole number', 'port: 587', 'port: ${{ secrets.PORT }}'],
    [
      'true or false',
      'channel: ${{ env.CHANNEL }}',
      'unfurl_links: ${{ event.data.call.duration > 3 }}\n          channel: a',
    ],
    ['a list', 'to: [{ address: "${{ env.OWNER }}" }]', 'to: ${{ event.data.people }}'],
    [
      'a map',
      'externalId: { field: Truedy_Call_Id__c, value: "${{ event.data.call.callId }}" }',
      'externalId: ${{ event.data.id }}',
    ],
    ['limited text', 'channel: ${{ env.CHANNEL }}', 'thread_ts: 1${{ event.data.ts }}\n          channel: a'],
    ['a pattern of events', 'on: truedy:call.ended', 'on: ["truedy:call.*", "*:call.ended"]'],
  ])('takes an expression for %s', async (_case, old, piece) => {
    expect((await edit(old, piece)).shown).toEqual([]);
  });
});

describe('a format', () => {
  const texts = [
    '30s',
    '1h',
    '5 m',
    'a-b',
    '-a',
    'A_1',
    '1a',
    '_x',
    'a@b.example',
    'a b@c',
    '',
    'a'.repeat(101),
    '1.5h',
  ];

  it.each(['duration', 'name', 'env-name', 'email'])('%s means in an editor what it means in a check', (format) => {
    const { pattern } = plain({ type: 'string', format });
    const taken = texts.filter((text) => new RegExp(String(pattern)).test(text));
    expect(taken).toEqual(texts.filter((text) => formats[format]?.test(text)));
    expect(taken.length).toBeGreaterThan(0);
  });
});
