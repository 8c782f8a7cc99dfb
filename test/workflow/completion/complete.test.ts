// Completion at a cursor, marked | in the text, while the text is not right yet.

import { beforeAll, describe, expect, it } from 'vitest';
import { findConnectors } from '../../../src/connect/find.ts';
import type { Catalog } from '../../../src/workflow/compile.ts';
import { complete } from '../../../src/workflow/completion/complete.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await findConnectors({ pluginsDir: '/nowhere' });
});

async function labels(text: string): Promise<readonly string[]> {
  const offset = text.indexOf('|');
  const { from, options } = await complete(text.replace('|', ''), offset, catalog);
  expect(from).toBeLessThanOrEqual(offset);
  return options.map(({ label }) => label);
}

const head = `version: 1
env:
  OWNER: a@example.com
sources:
  truedy:
    uses: truedy
    secrets: ["\${{ secrets.S }}"]
connections:
  ops:
    uses: slack
    with: { token: "\${{ secrets.T }}" }
`;

describe('completes', () => {
  it.each([
    [
      'the keys of the file that are not there yet',
      'version: 1\n|',
      ['sources', 'connections', 'workflows'],
      ['version'],
    ],
    ['what a source may use', 'version: 1\nsources:\n  a:\n    uses: |', ['truedy', 'stripe'], ['salesforce']],
    ['what a connection may use', 'version: 1\nconnections:\n  a:\n    uses: s|', ['slack', 'salesforce'], ['truedy']],
    [
      'settings of a connection',
      'version: 1\nconnections:\n  a:\n    uses: slack\n    with:\n      |',
      ['token'],
      ['uses'],
    ],
    ['events', `${head}workflows:\n  w:\n    on: tr|`, ['truedy:call.ended'], []],
    ['keys of a workflow', `${head}workflows:\n  w:\n    on: truedy:call.ended\n    |`, ['if', 'steps'], ['on']],
    [
      'actions',
      `${head}workflows:\n  w:\n    on: truedy:call.ended\n    steps:\n      - uses: |`,
      ['ops.post-message'],
      [],
    ],
    [
      'input of an action',
      `${head}workflows:\n  w:\n    on: truedy:call.ended\n    steps:\n      - uses: ops.post-message\n        with:\n          |`,
      ['channel', 'text'],
      ['uses'],
    ],
    [
      'keys of a step',
      `${head}workflows:\n  w:\n    on: truedy:call.ended\n    steps:\n      - uses: ops.post-message\n        |`,
      ['with', 'needs', 'onError'],
      ['uses'],
    ],
  ])('%s', async (_, text, wanted, unwanted) => {
    const found = await labels(text);
    expect(found).toEqual(expect.arrayContaining(wanted));
    for (const label of unwanted) expect(found).not.toContain(label);
  });

  const step = `${head}workflows:\n  w:\n    on: truedy:call.ended\n    steps:\n      - id: first\n        uses: ops.post-message\n`;
  it.each([
    [
      'names in a condition',
      `${head}workflows:\n  w:\n    on: truedy:call.ended\n    if: ev|`,
      ['event', 'formatDuration'],
    ],
    ['fields of the event', `${head}workflows:\n  w:\n    on: truedy:call.ended\n    if: event.|`, ['data', 'type']],
    [
      'data of the event',
      `${head}workflows:\n  w:\n    on: truedy:call.ended\n    if: event.data.call.su|`,
      ['summary'],
    ],
    [
      'names in a text',
      `${step}      - uses: ops.post-message\n        with:\n          text: "a \${{ event.data.call.|`,
      ['callId'],
    ],
    ['steps above', `${step}      - uses: ops.post-message\n        with:\n          text: \${{ steps.|`, ['first']],
    [
      'their output',
      `${step}      - uses: ops.post-message\n        with:\n          text: \${{ steps.first.output.|`,
      ['ts'],
    ],
    ['the env of the file', `${step}        with:\n          text: \${{ env.|`, ['OWNER']],
  ])('%s', async (_, text, wanted) => {
    expect(await labels(text)).toEqual(expect.arrayContaining(wanted));
  });
});

it.each(['|', ':::\n  - - -\n|', '\t\t|', `${'['.repeat(5000)}|`, '${{ |', 'workflows:\n- |'])(
  'takes whatever is typed (%#)',
  async (text) => {
    await expect(labels(text)).resolves.toBeInstanceOf(Array);
  },
);
