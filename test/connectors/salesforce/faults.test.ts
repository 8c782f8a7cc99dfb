// Salesforce's error codes and broken connections as outcomes.

import { describe, expect, it } from 'vitest';
import { toActionError, toLoginError } from '../../../connectors/salesforce/faults.ts';
import { AnswerError } from '../../../connectors/salesforce/transport.ts';
import { outcomeSymbol, PermanentError, UnknownOutcomeError } from '../../../src/plugin/index.ts';

const refusal = (status: number, ...codes: string[]) =>
  new AnswerError(
    status,
    codes.map((code) => ({ code, message: 'as said', fields: ['Subject'] })),
  );
const network = (code: string) => new TypeError('fetch failed', { cause: Object.assign(new Error('x'), { code }) });

describe('an answer', () => {
  it.each([
    [400, 'UNABLE_TO_LOCK_ROW', 'retryable'],
    [503, 'SERVER_UNAVAILABLE', 'retryable'],
    [500, 'REQUEST_RUNNING_TOO_LONG', 'retryable'],
    [500, 'QUERY_TIMEOUT', 'retryable'],
    [403, 'CONCURRENT_REQUESTS_LIMIT_EXCEEDED', 'retryable'],
    [403, 'REQUEST_LIMIT_EXCEEDED', 'retryable'],
    [408, 'ERROR_HTTP_408', 'retryable'],
    [429, 'ANYTHING', 'retryable'],
    [503, 'ERROR_HTTP_503', 'retryable'],
    [502, 'ERROR_HTTP_502', 'in_doubt'],
    [504, 'ERROR_HTTP_504', 'in_doubt'],
    [500, 'UNKNOWN_EXCEPTION', 'in_doubt'],
    [400, 'REQUIRED_FIELD_MISSING', 'rejected'],
    [400, 'FIELD_CUSTOM_VALIDATION_EXCEPTION', 'rejected'],
    [400, 'DUPLICATES_DETECTED', 'rejected'],
    [400, 'NOBODY_KNOWS_THIS', 'rejected'],
    [404, 'ENTITY_IS_DELETED', 'rejected'],
    [403, 'INSUFFICIENT_ACCESS', 'rejected'],
    [401, 'INVALID_SESSION_ID', 'credentials'],
    [401, 'ERROR_HTTP_401', 'credentials'],
    [403, 'API_DISABLED_FOR_ORG', 'credentials'],
  ])('of %i %s is %s', (status, code, outcome) => {
    expect(toActionError(refusal(status, code))).toMatchObject({ [outcomeSymbol]: outcome, code });
  });

  it('with several reasons is retried only when all of them pass', () => {
    expect(toActionError(refusal(400, 'UNABLE_TO_LOCK_ROW', 'QUERY_TIMEOUT'))[outcomeSymbol]).toBe('retryable');
    expect(toActionError(refusal(400, 'UNABLE_TO_LOCK_ROW', 'INVALID_FIELD'))[outcomeSymbol]).toBe('rejected');
  });

  it('says the code, the message and the fields that the message does not name', () => {
    expect(toActionError(refusal(400, 'STRING_TOO_LONG')).message).toBe(
      'Salesforce refused the call: STRING_TOO_LONG: as said (Subject)',
    );
  });
});

describe('a broken connection', () => {
  it.each(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'UND_ERR_CONNECT_TIMEOUT', 'CERT_HAS_EXPIRED'])(
    'with %s sent nothing',
    (code) => {
      expect(toActionError(network(code))).toMatchObject({ [outcomeSymbol]: 'retryable', code });
    },
  );

  it.each(['UND_ERR_SOCKET', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'UND_ERR_BODY_TIMEOUT'])(
    'with %s is in doubt',
    (code) => {
      expect(toActionError(network(code))).toMatchObject({ [outcomeSymbol]: 'in_doubt', code });
    },
  );

  it('to several addresses is judged by the first', () => {
    const all = new AggregateError([Object.assign(new Error('x'), { code: 'ECONNREFUSED' })]);
    expect(toActionError(new TypeError('fetch failed', { cause: all }))[outcomeSymbol]).toBe('retryable');
  });

  it.each([new Error('anything'), 'a string', undefined])('of an unknown kind is in doubt: %s', (error) => {
    expect(toActionError(error)[outcomeSymbol]).toBe('in_doubt');
  });
});

it('an error that says its outcome keeps it, except that a login is never in doubt', () => {
  const blocked = new PermanentError('blocked', { code: 'HOOKLINE_BLOCKED_ADDRESS' });
  expect([toActionError(blocked), toLoginError(blocked)]).toEqual([blocked, blocked]);
  const large = new UnknownOutcomeError('too large');
  expect(toActionError(large)).toBe(large);
  expect(toLoginError(large)).toMatchObject({ [outcomeSymbol]: 'retryable', cause: large });
});
