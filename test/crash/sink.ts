// A vendor for crash tests: a server that remembers every request, and a plugin with one action of each effect that posts to it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { VendorRequest } from '../faults/invariants.ts';

export interface Sink {
  readonly url: string;
  readonly port: number;
  /** Requests that arrived at an action. */
  readonly requests: readonly (VendorRequest & { readonly action: string })[];
  /** Effects: requests, less the repeats that a vendor with idempotency keys ignores. */
  effects(action: string): number;
  /** Milliseconds that each answer takes; default 0. */
  slow(ms: number): void;
  close(): Promise<void>;
}

export const actionNames = ['keyed', 'repeatable', 'looked', 'once'] as const;

export async function startSink(): Promise<Sink> {
  const requests: (VendorRequest & { action: string })[] = [];
  const done = new Set<string>();
  let delayMs = 0;
  const server = createServer((request, response) => {
    const action = (request.url ?? '').slice(1);
    const header = (name: string) => String(request.headers[name] ?? '');
    const key = header('idempotency-key');
    request.resume().on('end', () => {
      const known = done.has(key);
      if (request.method === 'POST') {
        const effect = action !== 'keyed' || !known;
        requests.push({ action, key, subject: header('x-subject'), attempt: Number(header('x-attempt')), effect });
        done.add(key);
      }
      const answer = () => {
        response.writeHead(request.method === 'GET' && !known ? 404 : 200, { 'content-type': 'application/json' });
        response.end(JSON.stringify({ id: key }));
      };
      if (delayMs > 0) setTimeout(answer, delayMs);
      else answer();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    requests,
    effects: (action) => requests.filter((request) => request.action === action && request.effect).length,
    slow: (ms) => {
      delayMs = ms;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A plugin file with the actions `keyed`, `repeatable`, `looked` and `once`. */
export const sinkPlugin = `
import { defineAction, defineConnector, UnknownOutcomeError } from 'hookline/plugin';

interface Client { url: string; fetch: typeof globalThis.fetch }

const input = { type: 'object', properties: { subject: { type: 'string' } }, required: ['subject'] } as const;
const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;

function action(name: string, effect: 'keyed' | 'repeatable' | 'lookup' | 'once') {
  const ask = async (client: Client, method: string, headers: Record<string, string>) =>
    client.fetch(client.url + '/' + name, { method, headers });
  return defineAction({
    description: name,
    input,
    output,
    effect,
    lookupAfterMs: 50,
    async run(client: Client, { subject }, attempt) {
      const headers = { 'idempotency-key': attempt.key, 'x-subject': subject, 'x-attempt': String(attempt.number) };
      const answer = await ask(client, 'POST', headers);
      if (answer.status !== 200) throw new UnknownOutcomeError('status ' + answer.status);
      return (await answer.json()) as { id: string };
    },
    async lookup(client: Client, _input, attempt) {
      const answer = await ask(client, 'GET', { 'idempotency-key': attempt.key });
      return answer.status === 200 ? ((await answer.json()) as { id: string }) : undefined;
    },
  });
}

export default defineConnector({
  name: 'sink',
  description: 'Posts to a test server.',
  settings: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  connect: (settings, tools): Client => ({ url: settings.url, fetch: tools.fetch }),
  actions: {
    keyed: action('keyed', 'keyed'),
    repeatable: action('repeatable', 'repeatable'),
    looked: action('looked', 'lookup'),
    once: action('once', 'once'),
  },
});
`;

/** One workflow for each of the actions, with one step, that takes each ended call. */
export function sinkWorkflow(sink: Pick<Sink, 'url'>, ...actions: readonly string[]): string {
  const workflows = actions.map(
    (action) => `  ${action}:
    on: truedy:call.ended
    steps:
      - id: call
        uses: out.${action}
        with: { subject: "\${{ event.id }}/\${{ run.replay }}/${action}/call" }
`,
  );
  return `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
connections:
  out: { uses: sink, with: { url: "${sink.url}" } }
workflows:
${workflows.join('')}`;
}

/** What `sinkWorkflow` promises, for the invariants. */
export const sinkSteps = new Map(
  (
    [
      ['keyed', 'keyed'],
      ['repeatable', 'repeatable'],
      ['looked', 'lookup'],
      ['once', 'once'],
    ] as const
  ).map(([name, effect]) => [`${name}/call`, { effect, onDoubt: 'hold' }] as const),
);
