// What each fault between the Salesforce connector and its sandbox becomes, and how many records it leaves behind.

import { expect, it, onTestFinished } from 'vitest';
import salesforce from '../../connectors/salesforce/index.ts';
import type { Fault, ProxiedRequest } from '../../src/plugin/testing.ts';
import { conformance, openRig, type ConformanceCase } from './harness.ts';

const json = { 'content-type': 'application/json' };
const html = { 'content-type': 'text/html' };
const say = (errorCode: string) => JSON.stringify([{ errorCode, message: 'said by the test' }]);
const answer = (status: number, code: string, headers = {}): Fault => ({
  status,
  headers: { ...json, ...headers },
  body: say(code),
});
const page: Fault = { status: 503, headers: html, body: '<title>Maintenance</title>' };

let last = 0;
const fresh = () => `call-${(last += 1)}`;

const upsert = (): Pick<ConformanceCase, 'action' | 'input'> => ({
  action: 'upsert-record',
  input: () => ({
    object: 'Task',
    externalId: { field: 'Truedy_Call_Id__c', value: fresh() },
    record: { Subject: 'Call with an agent' },
  }),
});
const create = (): Pick<ConformanceCase, 'action' | 'input'> => ({
  action: 'create-record',
  input: { object: 'Task', record: { Subject: 'Call with an agent' } },
});
const find = (): Pick<ConformanceCase, 'action' | 'input'> => ({
  action: 'find',
  input: { object: 'Task', conditions: [{ field: 'Subject', op: '=', value: 'nothing like it' }] },
});

const isWrite = ({ method }: ProxiedRequest) => method !== 'GET';
const isToken = ({ url }: ProxiedRequest) => url.startsWith('/services/oauth2/');
const quick = { timeoutMs: 300 };

const cases: ConformanceCase[] = [
  { title: 'an upsert without a fault succeeds', ...upsert(), expect: { status: 'succeeded', effects: 1, sent: true } },
  { title: 'a create without a fault succeeds', ...create(), expect: { status: 'succeeded', effects: 1, sent: true } },
  {
    title: 'a find without a fault succeeds',
    ...find(),
    expect: { status: 'succeeded', effects: 0, output: { records: [], total: 0 } },
  },
  ...[upsert, create].flatMap((action): ConformanceCase[] => {
    const { action: name } = action();
    return [
      {
        title: `${name}: 429 with Retry-After is retried after that`,
        fault: answer(429, 'TOO_MANY_REQUESTS', { 'retry-after': '7' }),
        ...action(),
        expect: { status: 'retryable', retryAfterMs: 7000, effects: 0 },
      },
      {
        title: `${name}: 429 without Retry-After is retried`,
        fault: { status: 429 },
        ...action(),
        expect: { status: 'retryable', retryAfterMs: null, code: 'ERROR_HTTP_429', effects: 0 },
      },
      {
        title: `${name}: 503 in JSON is retried`,
        fault: answer(503, 'SERVER_UNAVAILABLE', { 'retry-after': '30' }),
        ...action(),
        expect: { status: 'retryable', retryAfterMs: 30_000, code: 'SERVER_UNAVAILABLE', effects: 0 },
      },
      {
        title: `${name}: a 503 page is retried`,
        fault: page,
        ...action(),
        expect: { status: 'retryable', code: 'ERROR_HTTP_503', effects: 0 },
      },
      {
        title: `${name}: a 502 page of a gateway is in doubt`,
        fault: { status: 502, headers: html, body: '<title>Bad gateway</title>' },
        ...action(),
        expect: { status: 'in_doubt', code: 'ERROR_HTTP_502', effects: 0 },
      },
      {
        title: `${name}: a 500 is in doubt`,
        fault: answer(500, 'UNKNOWN_EXCEPTION'),
        ...action(),
        expect: { status: 'in_doubt', code: 'UNKNOWN_EXCEPTION', effects: 0 },
      },
      {
        title: `${name}: a used-up quota is retried late`,
        fault: answer(403, 'REQUEST_LIMIT_EXCEEDED'),
        ...action(),
        expect: { status: 'retryable', retryAfterMs: 3_600_000, effects: 0 },
      },
      {
        title: `${name}: a locked row is retried`,
        fault: answer(400, 'UNABLE_TO_LOCK_ROW'),
        ...action(),
        expect: { status: 'retryable', effects: 0 },
      },
      {
        title: `${name}: a connection cut before it is applied is in doubt`,
        fault: 'cut-before',
        ...action(),
        expect: { status: 'in_doubt', sent: true, effects: 0 },
      },
      {
        title: `${name}: a connection cut after it is applied is in doubt`,
        fault: 'cut-after',
        ...action(),
        expect: { status: 'in_doubt', sent: true, effects: 1 },
      },
      {
        title: `${name}: an answer cut in its body is in doubt`,
        fault: 'cut-body',
        ...action(),
        expect: { status: 'in_doubt', sent: true, effects: 1 },
      },
      {
        title: `${name}: silence before the headers is in doubt`,
        fault: 'hang-headers',
        ...quick,
        ...action(),
        expect: { status: 'in_doubt', sent: true, effects: 0 },
      },
      {
        title: `${name}: silence within the body is in doubt`,
        fault: 'hang-body',
        ...quick,
        ...action(),
        expect: { status: 'in_doubt', sent: true, effects: 1 },
      },
      {
        title: `${name}: a page with status 200 is in doubt`,
        fault: 'html-200',
        ...action(),
        expect: { status: 'in_doubt', code: 'UNREADABLE_ANSWER', effects: 0 },
      },
      {
        title: `${name}: an empty 200 is in doubt`,
        fault: { status: 200, headers: json },
        ...action(),
        expect: { status: 'in_doubt', effects: 0 },
      },
      {
        title: `${name}: a 200 that does not say saved is in doubt`,
        fault: { status: 200, headers: json, body: '{"id":"001000000000001AAA"}' },
        ...action(),
        expect: { status: 'in_doubt', effects: 0 },
      },
      {
        title: `${name}: a 200 with an impossible id is in doubt`,
        fault: { status: 200, headers: json, body: '{"id":"no id","success":true}' },
        ...action(),
        expect: { status: 'in_doubt', effects: 0 },
      },
      {
        title: `${name}: a redirect is refused`,
        fault: { redirect: 'http://127.0.0.1:9/elsewhere' },
        ...action(),
        expect: { status: 'rejected', credentials: false, code: 'ERROR_HTTP_302', effects: 0 },
      },
      {
        title: `${name}: an ended session is renewed`,
        fault: answer(401, 'INVALID_SESSION_ID'),
        ...action(),
        expect: { status: 'succeeded', effects: 1 },
      },
      {
        title: `${name}: a session that stays refused is the credentials`,
        fault: answer(401, 'INVALID_SESSION_ID'),
        when: (request) => !isToken(request),
        times: Infinity,
        ...action(),
        expect: { status: 'rejected', credentials: true, code: 'INVALID_SESSION_ID', effects: 0 },
      },
    ];
  }),
  {
    title: 'an upsert answered without a body for a record that is not there is in doubt',
    fault: { status: 204 },
    when: isWrite,
    ...upsert(),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'a find that is cut is in doubt',
    fault: 'cut-after',
    ...find(),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'a find answered with a page is in doubt',
    fault: 'html-200',
    ...find(),
    expect: { status: 'in_doubt', code: 'UNREADABLE_ANSWER', effects: 0 },
  },
  {
    title: 'a find answered without records is in doubt',
    fault: { status: 200, headers: json, body: '{}' },
    ...find(),
    expect: { status: 'in_doubt', effects: 0 },
  },
];

conformance('salesforce', { connector: salesforce }, cases);

it('salesforce: a refused connection is retried, and nothing was sent', async () => {
  const rig = await openRig({ connector: salesforce });
  onTestFinished(() => rig.close());
  const { action, input } = create();
  rig.proxy.fail('refuse');
  // Once this is refused, the connection kept from the login is known to be closed too.
  await expect(fetch(rig.proxy.url)).rejects.toThrow('fetch failed');
  const { outcome, effects } = await rig.call(action, input);
  expect(outcome).toMatchObject({ status: 'retryable', sent: false, error: { code: 'ECONNREFUSED' } });
  expect(effects).toBe(0);
  await rig.proxy.heal();
  expect(await rig.call(action, input)).toMatchObject({ outcome: { status: 'succeeded' }, effects: 1 });
});
