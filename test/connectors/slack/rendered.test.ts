// Hostile call data on its way through a workflow file into a Slack message and an e-mail.

import { describe, expect, it } from 'vitest';
import email from '../../../connectors/email/index.ts';
import slack from '../../../connectors/slack/index.ts';
import { defineSource } from '../../../src/plugin/index.ts';
import type { Catalog, EventScope } from '../../../src/workflow/compile.ts';
import { loadWorkflows } from '../../../src/workflow/load.ts';

const source = defineSource({
  name: 'calls',
  description: 'A sender of calls.',
  scheme: { algorithm: 'hmac-sha256', signature: { header: 'x-signature' } },
  identify: () => ({ type: 'call.ended', id: '1', rule: 'id', data: {} }),
  events: {
    'call.ended': {
      description: 'A call ended.',
      data: { type: 'object', properties: { summary: { type: 'string' }, blocks: {} }, required: ['summary'] },
      body: {},
      samples: {},
    },
  },
});

const catalog: Catalog = {
  connector: (name) => Promise.resolve({ slack, email }[name]),
  source: () => Promise.resolve(source),
  connectorNames: ['slack', 'email'],
  sourceNames: ['calls'],
  broken: new Map(),
};

const file = `
version: 1
sources:
  calls: { uses: calls, secrets: ["\${{ secrets.CALLS }}"] }
connections:
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK }}" } }
  mail: { uses: email, with: { host: smtp.example.com, from: calls@example.com } }
workflows:
  tell:
    on: calls:call.ended
    steps:
      - id: text
        uses: ops.post-message
        with: { channel: "#calls", text: "<https://example.com|Call>: \${{ event.data.summary }}" }
      - id: blocks
        uses: ops.post-message
        with:
          channel: "#calls"
          text: A call
          blocks:
            - { type: section, text: { type: mrkdwn, text: "*\${{ event.data.summary }}*" } }
            - { type: section, fields: [{ type: mrkdwn, text: "\${{ event.data.summary }}" }] }
            - { type: context, elements: [{ type: mrkdwn, text: "\${{ event.data.summary }}" }] }
            - { type: actions, elements: [{ type: button, text: { type: plain_text, text: "\${{ event.data.summary }}" } }] }
      - id: mail
        uses: mail.send
        with:
          to: [{ address: owner@example.com, name: "\${{ event.data.summary }}" }]
          subject: "\${{ event.data.summary }}"
          text: "\${{ event.data.summary }}"
          html: "<p>\${{ event.data.summary }}</p>"
`;

async function render(summary: string): Promise<Record<string, unknown>> {
  const { workflows, problems } = await loadWorkflows({ file: 'workflows.yaml', text: file }, catalog);
  expect(problems).toEqual([]);
  const at = '2026-11-23T09:00:00.000Z';
  const data = { summary };
  const event: EventScope = {
    id: 'e',
    type: 'call.ended',
    source: 'calls',
    time: null,
    receivedAt: at,
    data,
    body: data,
  };
  const scope = { event, run: { id: 'r', startedAt: at, replay: 0 }, steps: {} };
  const steps = workflows?.workflows.get('tell')?.steps ?? [];
  return Object.fromEntries(
    steps.map((step) => {
      const input = step.input(scope);
      return [step.id, input.ok ? input.value : input.failure];
    }),
  );
}

describe('call data in a message', () => {
  it.each(['<!channel> come', '<@U1>', '<http://evil.example|bank>', '&lt;!here&gt;'])(
    'cannot mention anybody or make a link with %s',
    async (summary) => {
      const encoded = summary.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
      const { text, blocks } = await render(summary);
      expect(text).toMatchObject({ text: `<https://example.com|Call>: ${encoded}` });
      expect(blocks).toMatchObject({
        blocks: [
          { text: { text: `*${encoded}*` } },
          { fields: [{ text: encoded }] },
          { elements: [{ text: encoded }] },
          { elements: [{ text: { text: encoded } }] },
        ],
      });
    },
  );

  it.each(['<img src=x onerror=alert(1)>', '</p><script>', '<a href="javascript:x">'])(
    'cannot bring %s into the HTML of a mail',
    async (summary) => {
      const { mail } = (await render(summary)) as { mail: { html: string; text: string } };
      expect(mail.html).toMatch(/^<p>[^<>]*<\/p>$/);
      expect(mail.text).toBe(summary);
    },
  );

  it('is not read as a template again', async () => {
    const { text } = await render('${{ secrets.SLACK }} {{constructor.constructor}}');
    expect(text).toMatchObject({ text: expect.stringContaining('${{ secrets.SLACK }} {{constructor') as unknown });
  });
});
