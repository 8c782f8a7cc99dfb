// One workflow file for each problem code that has the problem; the reference page shows what `hookline check` says of it.

import type { ProblemCode } from '../../src/workflow/problem.ts';
import { fileLimit } from '../../src/workflow/read.ts';

const sources = `version: 1
sources:
  truedy:
    uses: truedy
    secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"]
`;

const connections = `connections:
  ops: { uses: slack, with: { token: "\${{ secrets.SLACK_BOT_TOKEN }}" } }
`;

const head = `${sources}${connections}workflows:
`;

const indent = (text: string, depth: number) => text.replaceAll(/^(?=.)/gm, ' '.repeat(depth));

/** A file with these lines as its one workflow. */
const workflow = (lines: string) => `${head}  tell:\n${indent(lines, 4)}\n`;
const steps = (lines: string) => workflow(`on: truedy:call.ended\nsteps:\n${indent(lines, 2)}`);
const input = (lines: string) => steps(`- uses: ops.post-message\n  with:\n${indent(lines, 4)}`);

const good = input('channel: "#calls"\ntext: Hello');

export const problemExamples: Readonly<Record<ProblemCode, string>> = {
  'file.too-large': `# ${'x'.repeat(fileLimit)}\n`,
  'file.not-text': good.replace('Hello', 'Hel\u0007lo'),
  'file.too-many': good.replace('truedy:call.ended', `[${Array.from({ length: 600 }, () => 'call').join(', ')}]`),
  'file.empty': '\n',
  'yaml.syntax': 'version: 1\nworkflows: [\n',
  'yaml.tab': 'version: 1\nenv:\n\tOWNER: owner@example.com\n',
  'yaml.quotes': input('channel: "#calls"\ntext: Call ended: ${{ event.data.call.callId }}: done'),
  'yaml.tag': workflow(
    'on: truedy:call.ended\nif: !event.data.call.summary\nsteps: [{ uses: http.request, with: { method: GET } }]',
  ),
  'yaml.alias': input('channel: "#calls"\ntext: *summary*'),
  'yaml.braces': input('channel: "#calls"\ntext: {{ event.data.call.summary }}'),
  'yaml.comment': input('channel: "#calls"\ntext: ${{ event.data.call.summary ?? "call #1" }}'),
  'yaml.directive': `%YAML 1.1\n---\n${good}`,
  'yaml.documents': `${good}---\nversion: 1\n`,
  'yaml.duplicate-key': input('channel: "#calls"\ntext: Hello\ntext: Hello again'),
  'yaml.key': input('channel: "#calls"\n? [text]\n: Hello'),
  'yaml.depth': `version: 1\nenv: ${'['.repeat(110)}${']'.repeat(110)}\n`,
  'yaml.number': input('channel: 12345678901234567890\ntext: Hello'),
  'yaml.number-text': `${sources}connections:\n  any: { uses: http }\nworkflows:\n${indent('tell:\n  on: truedy:call.ended\n  steps:\n    - uses: any.request\n      with: { method: POST, url: "https://example.com", form: { phone: +15551234567 } }', 2)}\n`,
  'value.unknown-key': input('channel: "#calls"\ntxt: Hello\ntext: Hello'),
  'value.missing-key': input('channel: "#calls"'),
  'value.type': input('channel: "#calls"\ntext: 3.10'),
  'value.invalid': steps('- uses: ops.post-message\n  onError: ignore\n  with: { channel: "#calls", text: Hello }'),
  'value.reserved': steps(
    '- uses: ops.post-message\n  forEach: event.data.calls\n  with: { channel: "#calls", text: Hello }',
  ),
  'value.duration': steps('- uses: ops.post-message\n  timeout: 30\n  with: { channel: "#calls", text: Hello }'),
  'event.pattern': good.replace('truedy:call.ended', 'call.ended'),
  'event.unknown-source': good.replace('truedy:call.ended', 'trudy:call.ended'),
  'event.unknown-type': good.replace('truedy:call.ended', 'truedy:call.analyzed'),
  'event.loop': workflow(
    'on: [truedy:call.ended, hookline:run.failed]\nsteps:\n  - { uses: ops.post-message, with: { channel: "#ops", text: A call or a failure. } }',
  ),
  'event.schema': good.replace('connections:', '    events:\n      call.analyzed: { type: text }\nconnections:'),
  'source.unknown': good.replace('uses: truedy', 'uses: truedi'),
  'source.unused': good.replace(
    'connections:',
    '  git: { uses: github, secrets: ["${{ secrets.GIT_SECRET }}"] }\nconnections:',
  ),
  'connection.unused': steps('- uses: http.request\n  with: { method: GET, url: "https://example.com/" }'),
  'env.unused': good.replace('version: 1\n', 'version: 1\nenv: { CHANNEL: "#calls" }\n'),
  'source.no-secrets': good.replace(/\n {4}secrets: .*/, ''),
  'connector.unknown': good.replace('uses: slack', 'uses: slak'),
  'connector.broken': steps('- uses: acme.create-note'),
  'connector.needs-settings': steps('- uses: slack.post-message\n  with: { channel: "#calls", text: Hello }'),
  'secret.literal': good.replace('"${{ secrets.SLACK_BOT_TOKEN }}"', 'xoxb-12345'),
  'secret.reference': good.replace('secrets.SLACK_BOT_TOKEN', 'secrets[env.TOKEN]'),
  'secret.unset': good,
  'step.unknown-connection': good.replace('ops.post-message', 'opps.post-message'),
  'step.unknown-action': good.replace('ops.post-message', 'ops.post-mesage'),
  'step.duplicate-id': steps(
    '- uses: ops.post-message\n  with: { channel: "#calls", text: One }\n- uses: ops.post-message\n  with: { channel: "#calls", text: Two }',
  ),
  'step.needs-unknown': steps('- uses: ops.post-message\n  needs: [log]\n  with: { channel: "#calls", text: Hello }'),
  'step.needs-cycle': steps(
    '- id: a\n  uses: ops.post-message\n  needs: [b]\n  with: { channel: "#calls", text: A }\n- id: b\n  uses: ops.post-message\n  needs: [a]\n  with: { channel: "#calls", text: B }',
  ),
  'expression.unknown-env': input('channel: ${{ env.CHANEL }}\ntext: Hello').replace(
    'version: 1\n',
    'version: 1\nenv: { CHANNEL: "#calls" }\n',
  ),
  'step.unknown-step': input('channel: "#calls"\ntext: See ${{ steps.log.output.id }}'),
  'step.not-before': steps(
    '- id: tell\n  uses: ops.post-message\n  with: { channel: "#calls", text: "See ${{ steps.ask.output.status }}" }\n- id: ask\n  uses: http.request\n  with: { method: GET, url: "https://example.com/" }',
  ),
  'step.useless': steps('- uses: http.request\n  onDoubt: retry\n  with: { method: GET, url: "https://example.com/" }'),
  'step.unused': steps(
    '- id: contact\n  uses: crm.find\n  with: { object: Contact, conditions: [{ field: Phone, op: "=", value: "12345" }] }\n- uses: ops.post-message\n  with: { channel: "#calls", text: Hello }',
  ).replace(
    'connections:\n',
    'connections:\n  crm:\n    uses: salesforce\n    with: { loginUrl: "https://example.my.salesforce.com", clientId: "${{ secrets.SF_ID }}", clientSecret: "${{ secrets.SF_SECRET }}" }\n',
  ),
  'step.on-doubt': steps('- uses: http.request\n  with: { method: POST, url: "https://example.com/calls" }'),
  'expression.invalid': workflow(
    'on: truedy:call.ended\nif: event.data.call.duration = 60\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
  'expression.secret': input('channel: "#calls"\ntext: ${{ secrets.SLACK_BOT_TOKEN }}'),
  'expression.unknown-field': input('channel: "#calls"\ntext: ${{ event.data.call.sumary ?? "no summary" }}'),
  'expression.maybe-missing': input('channel: "#calls"\ntext: ${{ event.data.call.duration / 60 }} minutes'),
  'expression.type': input('channel: "#calls"\ntext: ${{ formatDuration(event.data.call) }}'),
  'expression.not-listed': workflow(
    'on: truedy:call.ended\nif: event.data.call.endReason == "hung_up"\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
  'expression.never': workflow(
    'on: truedy:call.ended\nif: event.data.call.duration == "long"\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
  'expression.condition': workflow(
    'on: truedy:call.ended\nif: event.data.call.summary\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
  'expression.constant': workflow(
    'on: truedy:call.ended\nif: 60 > 300\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
  'expression.not-marked': steps(
    '- uses: ops.post-message\n  with: { channel: "#calls", text: "Call {{ event.data.call.callId }} has ended." }',
  ),
  'expression.template': workflow(
    'on: truedy:call.ended\nif: ${{ event.data.call.duration }} > 60\nsteps:\n  - uses: ops.post-message\n    with: { channel: "#calls", text: Hello }',
  ),
};
