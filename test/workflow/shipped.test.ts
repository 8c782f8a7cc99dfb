// What the check says of the connectors and sources that ship, where they are unlike those made for the tests.

import { expect, it } from 'vitest';
import { findConnectors } from '../../src/connect/find.ts';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { inSteps, problemsOf } from './catalog.ts';

const file = (on: string) => `version: 1
sources:
  any: { uses: standard-webhooks, secrets: ["\${{ secrets.ANY }}"] }
workflows:
  one: { on: "${on}", steps: [{ uses: http.request, with: { method: GET, url: "https://example.com" } }] }
`;

async function problemsIn(text: string) {
  const catalog = await findConnectors({ pluginsDir: '/nowhere' });
  return (await loadWorkflows({ file: 'workflows.yaml', text }, catalog)).problems;
}

it('a type of a source without a catalogue is warned of, and the hint lists no empty catalogue', async () => {
  expect(await problemsIn(file('any:invoice.paid'))).toMatchObject([
    { code: 'event.unknown-type', hint: 'Add it under "sources.any.events" if it is sent: "invoice.paid: any".' },
  ]);
});

it('every type of such a source may be taken without a warning', async () => {
  expect(await problemsIn(file('any:*'))).toEqual([]);
  expect(await problemsIn(file('*:*'))).toEqual([]);
});

it('a step that does not exist is told without an empty list in a workflow of one step', async () => {
  const problems = await problemsOf(inSteps('- { id: a, uses: chat.say-it, needs: [b], with: { room: a } }'));
  expect(problems).toMatchObject([{ code: 'step.needs-unknown', hint: 'This workflow has no other step.' }]);
});

it('a secret that is written into a setting inside another is warned of', async () => {
  const connection = (token: string) =>
    file('any:*').replace(
      'workflows:',
      `connections:\n  api: { uses: http, with: { baseUrl: "https://example.com", auth: { kind: bearer, token: "${token}" } } }\nworkflows:`,
    );
  expect(await problemsIn(connection('abcdef'))).toMatchObject([{ code: 'secret.literal', at: { line: 5 } }]);
  expect(await problemsIn(connection('${{ secrets.TOKEN }}'))).toEqual([]);
});
