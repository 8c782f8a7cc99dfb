// A Slack workspace on this machine, reached over HTTP as the real one is.

import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox, SandboxItem, SandboxOptions } from 'hookline/plugin';
import { type Answer, type Channel, createWorkspace, type Fields, type Message, type Workspace } from './workspace.ts';

export interface SlackSandbox extends Sandbox {
  /** Scopes the app lacks from now on; change it at any time. */
  readonly missingScopes: Set<string>;
}

const token = 'xoxb-sandbox';

export async function startSandbox(options: SandboxOptions): Promise<SlackSandbox> {
  const workspace = createWorkspace({ now: options.now, createChannels: !options.strict });
  const missingScopes = new Set<string>();
  const server = createServer((request, response) => {
    const answer = async () => {
      const result = call(workspace, missingScopes, request, await readFields(request));
      response.writeHead(200, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(result));
    };
    answer().catch((error: Error) => {
      options.log.debug('slack sandbox', { error: error.message });
      response.destroy();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    settings: { token, apiUrl: `http://127.0.0.1:${port}/api/` },
    hosts: [`127.0.0.1:${port}`],
    list: () =>
      [...workspace.channels.values()].flatMap(toItems).sort((a, b) => Number(a.fields['ts']) - Number(b.fields['ts'])),
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
    missingScopes,
  };
}

function call(workspace: Workspace, missingScopes: Set<string>, request: IncomingMessage, fields: Fields): Answer {
  const given = request.headers.authorization?.replace(/^Bearer /, '');
  if (given === undefined) return { ok: false, error: 'not_authed' };
  if (given !== token) return { ok: false, error: 'invalid_auth' };
  const method = (request.url ?? '').replace(/^\/api\//, '').replace(/\?.*$/, '');
  const known = Object.hasOwn(workspace.methods, method) ? workspace.methods[method] : undefined;
  if (known === undefined) return { ok: false, error: 'unknown_method' };
  if (known.scope !== null && missingScopes.has(known.scope)) {
    return { ok: false, error: 'missing_scope', needed: known.scope, provided: 'users:read' };
  }
  return known.call(fields);
}

async function readFields(request: IncomingMessage): Promise<Fields> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Object.fromEntries(new URLSearchParams(Buffer.concat(chunks).toString('utf8')));
}

function toItems(channel: Channel): SandboxItem[] {
  return channel.messages.map((message) => toItem(channel, message));
}

function toItem(channel: Channel, message: Message): SandboxItem {
  const line = message.text.replace(/\s+/g, ' ').trim();
  return {
    id: `${channel.id}-${message.ts}`,
    kind: 'message',
    at: new Date(Number(message.ts) * 1000).toISOString(),
    title: `#${channel.name}: ${line.length > 100 ? `${line.slice(0, 99)}…` : line}`,
    fields: { channel: `#${channel.name}`, ...message },
  };
}
