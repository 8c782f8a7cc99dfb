// A vendor for crash tests: a server that remembers every request, and a plugin with one action of each effect that posts to it.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Sink {
  readonly url: string;
  /** Requests that arrived at an action. */
  readonly requests: readonly { readonly action: string; readonly key: string }[];
  /** Effects: requests, less the repeats that a vendor with idempotency keys ignores. */
  effects(action: string): number;
  close(): Promise<void>;
}

export async function startSink(): Promise<Sink> {
  const requests: { action: string; key: string }[] = [];
  const server = createServer((request, response) => {
    const action = (request.url ?? '').slice(1);
    const key = String(request.headers['idempotency-key'] ?? '');
    request.resume().on('end', () => {
      const known = requests.some((earlier) => earlier.key === key);
      if (request.method === 'POST') requests.push({ action, key });
      response.writeHead(request.method === 'GET' && !known ? 404 : 200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ id: key }));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    effects: (action) => {
      const own = requests.filter((request) => request.action === action);
      return action === 'keyed' ? new Set(own.map((request) => request.key)).size : own.length;
    },
    close: () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

/** A plugin file with the actions `keyed`, `looked` and `once`. */
export const sinkPlugin = `
import { defineAction, defineConnector, UnknownOutcomeError } from 'hookline/plugin';

interface Client { url: string; fetch: typeof globalThis.fetch }

const input = { type: 'object', properties: { text: { type: 'string' } }, required: ['text'] } as const;
const output = { type: 'object', properties: { id: { type: 'string' } }, required: ['id'] } as const;

function action(name: string, effect: 'keyed' | 'lookup' | 'once') {
  const ask = async (client: Client, method: string, key: string) =>
    client.fetch(client.url + '/' + name, { method, headers: { 'idempotency-key': key } });
  return defineAction({
    description: name,
    input,
    output,
    effect,
    lookupAfterMs: 50,
    async run(client: Client, _input, attempt) {
      const answer = await ask(client, 'POST', attempt.key);
      if (answer.status !== 200) throw new UnknownOutcomeError('status ' + answer.status);
      return (await answer.json()) as { id: string };
    },
    async lookup(client: Client, _input, attempt) {
      const answer = await ask(client, 'GET', attempt.key);
      return answer.status === 200 ? ((await answer.json()) as { id: string }) : undefined;
    },
  });
}

export default defineConnector({
  name: 'sink',
  description: 'Posts to a test server.',
  settings: { type: 'object', properties: { url: { type: 'string' } }, required: ['url'] },
  connect: (settings, tools): Client => ({ url: settings.url, fetch: tools.fetch }),
  actions: { keyed: action('keyed', 'keyed'), looked: action('looked', 'lookup'), once: action('once', 'once') },
});
`;

/** One workflow that calls one action of the sink for each ended call. */
export function sinkWorkflow(sink: Sink, action: string): string {
  return `version: 1
sources:
  truedy: { uses: truedy, secrets: ["\${{ secrets.TRUEDY_WEBHOOK_SECRET }}"] }
connections:
  out: { uses: sink, with: { url: "${sink.url}" } }
workflows:
  crash:
    on: truedy:call.ended
    steps:
      - uses: out.${action}
        with: { text: "\${{ event.data.call.callId }}" }
`;
}
