// Every fault between the Slack connector and Slack: the outcome, and how many messages stand in the end.

import slack from '../../connectors/slack/index.ts';
import { conformance, type ConformanceCase } from './harness.ts';

const post = { action: 'post-message', input: { channel: '#calls', text: 'A call ended.' } } as const;
const answers = (body: unknown) => ({ status: 200, body: JSON.stringify(body) });
const says = (error: string, more = {}) => answers({ ok: false, error, ...more });

const cases: ConformanceCase[] = [
  { title: 'a message arrives once', ...post, expect: { status: 'succeeded', effects: 1, sent: true } },
  {
    title: '429 with Retry-After is tried again after that time',
    ...post,
    fault: { status: 429, headers: { 'retry-after': '7' } },
    expect: { status: 'retryable', effects: 0, retryAfterMs: 7000, code: 'ratelimited' },
  },
  {
    title: '429 without Retry-After is tried again',
    ...post,
    fault: { status: 429 },
    expect: { status: 'retryable', effects: 0, retryAfterMs: null, code: 'ratelimited' },
  },
  { title: '503 is in doubt', ...post, fault: { status: 503 }, expect: { status: 'in_doubt', effects: 0 } },
  {
    title: '403 is rejected',
    ...post,
    fault: { status: 403 },
    expect: { status: 'rejected', effects: 0, credentials: false, code: 'http_403' },
  },
  {
    title: 'a connection cut before the message was taken is in doubt',
    ...post,
    fault: 'cut-before',
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'an answer lost after the message was taken is in doubt',
    ...post,
    fault: 'cut-after',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'silence before the headers is in doubt',
    ...post,
    fault: 'hang-headers',
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'silence within the body is in doubt',
    ...post,
    fault: 'hang-body',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'a body cut in the middle is in doubt',
    ...post,
    fault: 'cut-body',
    expect: { status: 'in_doubt', effects: 1, sent: true },
  },
  {
    title: 'the end of the attempt before an answer is in doubt',
    ...post,
    fault: 'hang-headers',
    timeoutMs: 100,
    expect: { status: 'in_doubt', effects: 0, sent: true },
  },
  {
    title: 'a page instead of an answer is in doubt',
    ...post,
    fault: 'html-200',
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'null instead of an answer is in doubt',
    ...post,
    fault: answers(null),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'an ok that names no message is in doubt',
    ...post,
    fault: answers({ ok: true }),
    expect: { status: 'in_doubt', effects: 0 },
  },
  {
    title: 'a redirect is rejected and never followed',
    ...post,
    fault: { redirect: 'http://169.254.169.254/' },
    expect: { status: 'rejected', effects: 0, credentials: false },
  },
  ...['ratelimited', 'service_unavailable', 'request_timeout'].map((code) => ({
    title: `${code} is tried again`,
    ...post,
    fault: says(code),
    expect: { status: 'retryable' as const, effects: 0, code },
  })),
  ...['internal_error', 'fatal_error'].map((code) => ({
    title: `${code} is in doubt`,
    ...post,
    fault: says(code),
    expect: { status: 'in_doubt' as const, effects: 0, code },
  })),
  ...['invalid_auth', 'token_revoked', 'account_inactive'].map((code) => ({
    title: `${code} pauses the connection`,
    ...post,
    fault: says(code),
    expect: { status: 'rejected' as const, effects: 0, credentials: true, code },
  })),
  ...['not_in_channel', 'is_archived', 'a_code_of_tomorrow'].map((code) => ({
    title: `${code} is rejected and shown as it is`,
    ...post,
    fault: says(code),
    expect: { status: 'rejected' as const, effects: 0, credentials: false, code },
  })),
  {
    title: 'an unknown channel is rejected',
    ...post,
    input: { channel: '#nowhere', text: 'x' },
    expect: { status: 'rejected', effects: 0, code: 'channel_not_found' },
  },
  {
    title: 'a message without text is rejected',
    ...post,
    input: { channel: '#calls', text: ' ' },
    expect: { status: 'rejected', effects: 0, code: 'no_text' },
  },
];

conformance('slack post-message', { connector: slack, settings: { timeoutMs: 300 } }, cases);

// On a rig of its own: a connection kept open from an earlier case would be cut, not refused.
conformance('slack post-message to a closed port', { connector: slack }, [
  {
    title: 'a refused connection sends nothing and is tried again',
    ...post,
    fault: 'refuse',
    expect: { status: 'retryable', effects: 0, sent: false, code: 'ECONNREFUSED' },
  },
]);
