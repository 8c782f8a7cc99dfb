// The stand-in of Salesforce by itself: what it refuses, and what it lets pass outside strict mode.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import salesforce from '../../../connectors/salesforce/index.ts';
import { startSandbox, type SalesforceSandbox } from '../../../connectors/salesforce/sandbox.ts';
import type { Log } from '../../../src/plugin/index.ts';
import { createAttempt } from '../../../src/plugin/testing.ts';

const silent = () => undefined;
const log: Log = { debug: silent, info: silent, warn: silent, error: silent };
const now = () => Date.UTC(2026, 10, 23, 12);
const base = '/services/data/v62.0';

/** Calls the REST API with a session of its own. */
async function openSession(sandbox: SalesforceSandbox) {
  const { loginUrl, clientId, clientSecret } = sandbox.settings as Record<string, string>;
  const form = { grant_type: 'client_credentials', client_id: clientId ?? '', client_secret: clientSecret ?? '' };
  const answer = await fetch(`${loginUrl}/services/oauth2/token`, { method: 'POST', body: new URLSearchParams(form) });
  const { access_token: token } = (await answer.json()) as { access_token: string };
  return async (method: string, path: string, body?: unknown) => {
    const response = await fetch(`${loginUrl}${path.startsWith('/services') ? '' : base}${path}`, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, body: (text === '' ? undefined : JSON.parse(text)) as unknown };
  };
}

describe('a strict sandbox', () => {
  let sandbox: SalesforceSandbox;
  let call: Awaited<ReturnType<typeof openSession>>;
  beforeAll(async () => {
    sandbox = await startSandbox({ strict: true, now, log, settings: {} });
    call = await openSession(sandbox);
    const Department = 'soql';
    await call('POST', '/sobjects/Contact', { LastName: 'Ada', Phone: '1', Department });
    await call('POST', '/sobjects/Contact', { LastName: 'Bob', Birthdate: '1990-01-01', Department });
    await call('POST', '/sobjects/Contact', { LastName: "Cyd's", Department });
  });
  afterAll(() => sandbox.close());
  const query = (soql: string) => call('GET', `/query?q=${encodeURIComponent(soql)}`);

  it('keeps a record through its life', async () => {
    const made = await call('POST', '/sobjects/Account', { Name: 'Acme', NumberOfEmployees: 7 });
    expect(made).toEqual({
      status: 201,
      body: { id: expect.stringMatching(/^001\w{15}$/) as string, success: true, errors: [] },
    });
    const { id } = made.body as { id: string };
    expect(await call('PATCH', `/sobjects/account/${id.slice(0, 15)}`, { name: 'Acme Ltd' })).toEqual({ status: 204 });
    expect(await call('GET', `/sobjects/Account/${id}`)).toMatchObject({
      status: 200,
      body: { Name: 'Acme Ltd', Id: id },
    });
    expect(await call('DELETE', `/sobjects/Account/${id}`)).toEqual({ status: 204 });
    expect(await call('GET', `/sobjects/Account/${id}`)).toMatchObject({
      status: 404,
      body: [{ errorCode: 'ENTITY_IS_DELETED' }],
    });
    expect(sandbox.list().some((item) => item.id === id)).toBe(false);
  });

  it('describes which fields are external ids and which must be given', async () => {
    const { body } = await call('GET', '/sobjects/Contact/describe');
    const { fields } = body as { fields: { name: string }[] };
    const named = (name: string) => fields.find((field) => field.name === name);
    expect(named('LastName')).toMatchObject({ type: 'string', length: 80, nillable: false, createable: true });
    expect(named('External_Id__c')).toMatchObject({ externalId: true, unique: true, custom: true });
    expect(named('Id')).toMatchObject({ createable: false });
  });

  it.each([
    ['POST', '/sobjects/Task', '{"Subject":', 400, 'JSON_PARSER_ERROR'],
    ['POST', '/sobjects/Task', '[]', 400, 'JSON_PARSER_ERROR'],
    ['POST', '/sobjects/Task', { Own__c: 'x' }, 400, 'INVALID_FIELD'],
    ['POST', '/sobjects/Own__c', {}, 404, 'NOT_FOUND'],
    ['POST', '/sobjects/Contact', { LastName: '' }, 400, 'REQUIRED_FIELD_MISSING'],
    ['POST', '/sobjects/Contact', { LastName: 'x', Email: 'a@b, c@d.example' }, 400, 'INVALID_EMAIL_ADDRESS'],
    ['POST', '/sobjects/Contact', { LastName: 'x', Birthdate: '2026-13-01' }, 400, 'JSON_PARSER_ERROR'],
    ['POST', '/sobjects/Task', { CallDurationInSeconds: 1.5 }, 400, 'JSON_PARSER_ERROR'],
    ['POST', '/sobjects/Task', { IsReminderSet: 'yes' }, 400, 'JSON_PARSER_ERROR'],
    ['PATCH', '/sobjects/Task/Subject/x', {}, 404, 'NOT_FOUND'],
    ['PATCH', '/sobjects/Task/External_Id__c/x', { External_Id__c: 'x' }, 400, 'INVALID_FIELD'],
    ['GET', '/sobjects/Task/External_Id__c/none', undefined, 404, 'NOT_FOUND'],
    ['GET', '/sobjects/Task/%zz', undefined, 404, 'NOT_FOUND'],
    ['PUT', '/sobjects/Task', {}, 405, 'METHOD_NOT_ALLOWED'],
    ['GET', '/elsewhere', undefined, 404, 'NOT_FOUND'],
    ['GET', '/services/apexrest/x', undefined, 404, 'NOT_FOUND'],
  ])('%s %s with %j is refused', async (method, path, body, status, errorCode) => {
    const before = sandbox.list().length;
    expect(await call(method, path, body)).toMatchObject({ status, body: [{ errorCode }] });
    expect(sandbox.list()).toHaveLength(before);
  });

  it.each([
    ['SELECT Id FROM Nothing', 'INVALID_TYPE'],
    ['SELECT Nothing FROM Task', 'INVALID_FIELD'],
    ["SELECT Id FROM Task WHERE Description = 'x'", 'INVALID_FIELD'],
    ["SELECT Id FROM Task WHERE CallDurationInSeconds = '1'", 'INVALID_FIELD'],
    ['SELECT Id FROM Task WHERE Subject = 1', 'INVALID_FIELD'],
    ["SELECT Id FROM Task WHERE WhoId LIKE '0%'", 'INVALID_OPERATOR'],
    ["SELECT Id FROM Task WHERE Subject = 'x\\'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Task WHERE Subject = 'x' y'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Task WHERE Subject = '\\x'", 'MALFORMED_QUERY'],
    ["SELECT Id FROM Task WHERE Subject = 'a' AND Type = 'b' OR Type = 'c'", 'MALFORMED_QUERY'],
    ['SELECT Id FROM Task WHERE Subject IN ()', 'MALFORMED_QUERY'],
    ['SELECT FROM Task', 'MALFORMED_QUERY'],
    ['', 'MALFORMED_QUERY'],
  ])('the query %j is refused', async (soql, errorCode) => {
    expect(await query(soql)).toMatchObject({ status: 400, body: [{ errorCode }] });
  });

  it.each([
    ["LastName = 'ADA' OR LastName = 'bob'", ['Ada', 'Bob']],
    ["LastName LIKE 'a%' AND (Phone = '1' OR Phone = '2')", ['Ada']],
    ["NOT LastName LIKE '_d_'", ['Bob', "Cyd's"]],
    ["LastName IN ('Ada', 'Cyd\\'s')", ['Ada', "Cyd's"]],
    ["LastName != 'Ada'", ['Bob', "Cyd's"]],
    ['Phone = null', ['Bob', "Cyd's"]],
    ['Birthdate >= 1990-01-01', ['Bob']],
    ['CreatedDate < 2026-11-23T13:00:00+01:00', []],
    ['CreatedDate <= 2026-11-23T13:00:00+01:00', ['Ada', 'Bob', "Cyd's"]],
  ])('the condition %s finds %j', async (condition, expected) => {
    const { body } = await query(`SELECT LastName FROM Contact WHERE Department = 'soql' AND (${condition})`);
    expect((body as { records: { LastName: string }[] }).records.map((record) => record.LastName)).toEqual(expected);
  });

  it('answers 401 without a session', async () => {
    const answer = await fetch(`${String(sandbox.settings['loginUrl'])}${base}/sobjects`);
    expect([answer.status, await answer.json()]).toMatchObject([401, [{ errorCode: 'INVALID_SESSION_ID' }]]);
  });
});

describe('a sandbox of dev', () => {
  it('takes custom fields and objects that it does not know, and says so on the record', async () => {
    const sandbox = await startSandbox({
      strict: false,
      now,
      log,
      settings: { apiVersion: '60.0', instanceUrl: 'https://acme.my.salesforce.com' },
    });
    onTestFinished(() => sandbox.close());
    const client = await salesforce.connect(sandbox.settings, { fetch, log, now });
    const upsert = (object: string, record: object) =>
      Promise.resolve(
        salesforce.actions['upsert-record']?.run(
          client,
          { object, externalId: { field: 'Call__c', value: '1' }, record },
          createAttempt(),
        ),
      );
    await upsert('Task', { Subject: 'Call with Ada', Mood__c: 'good', WhoId: '003000000000001AAA' });
    expect(await upsert('Task', { Subject: 'Call with Ada' })).toMatchObject({ created: false });
    await upsert('Visit__c', { Name: 'Visit', Score__c: 3 });
    expect(sandbox.list()).toMatchObject([
      {
        kind: 'record',
        at: '2026-11-23T12:00:00.000Z',
        title: 'Task "Call with Ada"',
        fields: {
          Mood__c: 'good',
          Call__c: '1',
          note: expect.stringMatching(/"Mood__c" must exist.*"WhoId" points/) as string,
        },
      },
      {
        title: 'Visit__c "Visit"',
        fields: { Score__c: 3, note: expect.stringContaining('object "Visit__c" must exist') as string },
      },
    ]);
    await expect(upsert('Task', { Subjekt: 'x' })).rejects.toMatchObject({ code: 'INVALID_FIELD' });
  });
});
