// A local stand-in of Salesforce: token endpoint and REST API over HTTP, in memory. It is made from the public
// documentation and has never been compared with a real org; where it is in doubt it refuses, except that outside strict
// mode it takes any custom object and field (`…__c`) and says so in a note.

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Sandbox, SandboxItem, SandboxOptions } from 'hookline/plugin';
import { createTokenService, type TokenService } from './sandbox-oauth.ts';
import { createCatalogue } from './sandbox-objects.ts';
import { liveRecords, type Org, type StoredRecord } from './sandbox-records.ts';
import { answerRest, refuse, type Answer } from './sandbox-rest.ts';

export interface SalesforceSandbox extends Sandbox {
  /** Ends every session: the next call of each is answered 401. */
  expireSessions(): void;
  /** Calls of the REST API so far, and how many the org has; a call beyond them is refused. */
  readonly usage: { used: number; limit: number };
}

const bodyLimit = 6_000_000;

export async function startSandbox(options: SandboxOptions): Promise<SalesforceSandbox> {
  const { strict, now, settings } = options;
  const org: Org = { strict, now, catalogue: createCatalogue(strict), records: new Map() };
  const tokens = createTokenService(settings, now);
  const usage = { used: 0, limit: 15_000 };
  const server = createServer((request, response) => {
    answer(request, { org, tokens, usage })
      .catch((error: unknown) => {
        options.log.error('the Salesforce sandbox failed', { error: String(error) });
        return { status: 500, body: [{ errorCode: 'UNKNOWN_EXCEPTION', message: 'An unexpected error occurred.' }] };
      })
      .then(({ status, body }) => send(response, status, body, usage))
      .catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  const loginUrl = `http://${host}`;
  return {
    settings: {
      loginUrl,
      ...tokens.credentials,
      ...(settings['instanceUrl'] === undefined ? {} : { instanceUrl: loginUrl }),
      ...(settings['apiVersion'] === undefined ? {} : { apiVersion: settings['apiVersion'] }),
    },
    hosts: [host],
    usage,
    expireSessions: () => tokens.expireAll(),
    list: () => liveRecords(org).map(toItem),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

interface Parts {
  readonly org: Org;
  readonly tokens: TokenService;
  readonly usage: { used: number; limit: number };
}

async function answer(request: IncomingMessage, { org, tokens, usage }: Parts): Promise<Answer> {
  const text = await readText(request);
  // Not through `URL`, which would resolve `..` in a path.
  const [path = '', query = ''] = (request.url ?? '/').split('?', 2);
  if (path === '/services/oauth2/token') {
    if (request.method !== 'POST') return refuse(405, 'METHOD_NOT_ALLOWED', 'only POST is allowed');
    return tokens.issue(new URLSearchParams(text), `http://${request.headers.host ?? ''}`);
  }
  const token = /^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
  if (!tokens.isLive(token)) return refuse(401, 'INVALID_SESSION_ID', 'Session expired or invalid');
  if (usage.used >= usage.limit) return refuse(403, 'REQUEST_LIMIT_EXCEEDED', 'TotalRequests Limit exceeded.');
  usage.used += 1;
  const json = (request.headers['content-type'] ?? '').startsWith('application/json');
  if (text !== '' && !json)
    return refuse(415, 'UNSUPPORTED_MEDIA_TYPE', 'Content-Type header specified in HTTP request is not supported');
  return answerRest(org, { method: request.method ?? 'GET', path, query: new URLSearchParams(query), text });
}

async function readText(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > bodyLimit) throw new Error('the body of the request is too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, status: number, body: unknown, { used, limit }: Parts['usage']): void {
  response.setHeader('sforce-limit-info', `api-usage=${used}/${limit}`);
  if (body === undefined) response.writeHead(status).end();
  else response.writeHead(status, { 'content-type': 'application/json;charset=UTF-8' }).end(JSON.stringify(body));
}

function toItem({ id, object, values, notes }: StoredRecord): SandboxItem {
  const { Subject, Name, LastName, FirstName, CreatedDate } = values;
  const name = Subject ?? Name ?? [FirstName, LastName].filter((part) => typeof part === 'string').join(' ');
  const fields = notes.size > 0 ? { ...values, note: [...notes].join('; ') } : { ...values };
  return { id, kind: 'record', at: String(CreatedDate), title: `${object.name} "${String(name)}"`, fields };
}
