// Everything jsforce sends goes over the fetch it is given: the tests that must fail when jsforce moves its private field.

import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import jsforce from 'jsforce';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import salesforce from '../../../connectors/salesforce/index.ts';
import { startSandbox } from '../../../connectors/salesforce/sandbox.ts';
import { createTransport, useTransport } from '../../../connectors/salesforce/transport.ts';
import { toActionError } from '../../../connectors/salesforce/faults.ts';
import { outcomeSymbol, type Log } from '../../../src/plugin/index.ts';
import { createAttempt } from '../../../src/plugin/testing.ts';

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };

afterEach(() => vi.unstubAllEnvs());

describe('jsforce', () => {
  it('keeps its transport where the connector puts its own', () => {
    const connection = new jsforce.Connection({ oauth2: new jsforce.OAuth2({}) });
    expect(Object.keys(connection)).toContain('_transport');
    expect(Object.keys(connection.oauth2)).toContain('_transport');
    const moved = { oauth2: connection.oauth2 } as typeof connection;
    expect(() => useTransport(moved, createTransport({ fetch, now: Date.now }))).toThrow(/no "_transport"/);
  });

  it('has no refresh of its own without a client id', () => {
    const { _refreshDelegate: delegate } = new jsforce.Connection({ oauth2: new jsforce.OAuth2({}) });
    expect(delegate).toBeUndefined();
  });

  it('sends every request over the fetch of the host, whatever proxy the environment names', async () => {
    vi.stubEnv('HTTP_PROXY', 'http://127.0.0.1:9');
    vi.stubEnv('http_proxy', 'http://127.0.0.1:9');
    const sandbox = await startSandbox({ strict: true, now: Date.now, log, settings: {} });
    onTestFinished(() => sandbox.close());
    const used: string[] = [];
    const watched: typeof fetch = (url, init) => {
      used.push(`${init?.method ?? 'GET'} ${new URL(url instanceof Request ? url.url : url).pathname}`);
      return fetch(url, init);
    };
    const client = await salesforce.connect(sandbox.settings, { fetch: watched, log, now: Date.now });
    const run = (name: string, input: unknown) =>
      Promise.resolve(salesforce.actions[name]?.run(client, input, createAttempt()));
    const externalId = { field: 'External_Id__c', value: 'x' };
    await salesforce.check?.(client);
    await run('create-record', { object: 'Task', record: { Subject: 'x' }, externalId });
    const { id } = (await run('upsert-record', { object: 'Task', record: {}, externalId })) as { id: string };
    await run('update-record', { object: 'Task', id, record: {} });
    await run('find', { object: 'Task', conditions: [{ field: 'Id', op: '=', value: id }] });
    const base = '/services/data/v62.0';
    expect(used).toEqual([
      'POST /services/oauth2/token',
      `GET ${base}/`,
      `POST ${base}/sobjects/Task`,
      `PATCH ${base}/sobjects/Task/External_Id__c/x`,
      `PATCH ${base}/sobjects/Task/${id}`,
      `GET ${base}/query`,
    ]);
    expect(sandbox.usage.used).toBe(used.length - 1);
  });
});

describe('the transport', () => {
  const send = (url: string) =>
    createTransport({ fetch, now: () => 0 }).httpRequest({
      method: 'GET',
      url,
      headers: { authorization: 'Bearer token' },
    });
  const serve = async (answer: Parameters<typeof createServer>[1]) => {
    const server = createServer({ keepAlive: false }, answer).listen(0, '127.0.0.1');
    onTestFinished(() => {
      server.close();
      server.closeAllConnections();
    });
    await new Promise((resolve) => server.once('listening', resolve));
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  };

  it('does not follow a redirect with the token, and names only its origin', async () => {
    const visits: unknown[] = [];
    const thief = await serve((request, response) => {
      visits.push(request.headers.authorization);
      response.end('{"id":"001000000000001AAA","success":true}');
    });
    const vendor = await serve((_, response) => response.writeHead(302, { location: `${thief}/?secret=1` }).end());
    const error = await send(vendor).then(() => undefined, toActionError);
    expect(error).toMatchObject({ [outcomeSymbol]: 'rejected', code: 'ERROR_HTTP_302' });
    expect(error?.message).toContain(`a redirect to "${thief}"`);
    expect(error?.message).not.toContain('secret');
    expect(visits).toEqual([]);
  });

  it('rejects an answer that breaks in its body', async () => {
    const vendor = await serve((_, response) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': '100' });
      response.write('{"id":', () => response.destroy());
    });
    expect(await send(vendor).then(() => undefined, toActionError)).toMatchObject({ [outcomeSymbol]: 'in_doubt' });
  });

  it('never shows the page of an error', async () => {
    const vendor = await serve((_, response) =>
      response.writeHead(404, { 'content-type': 'text/html' }).end('<p>private'),
    );
    const error = await send(vendor).then(() => undefined, toActionError);
    expect(error).toMatchObject({
      [outcomeSymbol]: 'rejected',
      message: 'Salesforce refused the call: ERROR_HTTP_404: status 404',
    });
  });
});
