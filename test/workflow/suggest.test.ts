// Which names are suggested for a mistyped one, and which are not.

import { describe, expect, it } from 'vitest';
import { nearest } from '../../src/workflow/suggest.ts';

const fields = ['callId', 'summary', 'duration', 'endReason', 'agent', 'metadata', 'id', 'to'];
const actions = ['post-message', 'update-message', 'upsert-record', 'create-record', 'update-record', 'find', 'send'];

describe('nearest', () => {
  it.each([
    ['sumary', fields, 'summary'],
    ['summ', fields, 'summary'],
    ['call_id', fields, 'callId'],
    ['CALLID', fields, 'callId'],
    ['endreson', fields, 'endReason'],
    ['duratoin', fields, 'duration'],
    ['meta', fields, 'metadata'],
    ['agentId', fields, 'agent'],
    ['di', fields, 'id'],
    ['cmr', ['crm', 'mail', 'ops'], 'crm'],
    ['post-mesage', actions, 'post-message'],
    ['postMessage', actions, 'post-message'],
    ['udpate-record', actions, 'update-record'],
    ['ops.post-mesage', ['ops.post-message', 'crm.find'], 'ops.post-message'],
    ['uppercase', ['toLowerCase', 'toUpperCase', 'trim'], 'toUpperCase'],
    ['lenght', ['length', 'at'], 'length'],
    ['call.endd', ['call.started', 'call.ended', 'call.failed'], 'call.ended'],
  ])('finds what %s was meant to be', (word, candidates, meant) => {
    expect(nearest(word, candidates)).toBe(meant);
  });

  it.each([
    ['xyz', fields],
    ['in', fields],
    ['if', ['id', 'to']],
    ['cat', ['crm', 'mail']],
    ['banana', fields],
    ['transcript', fields],
    ['', fields],
    ['-', ['_']],
    ['summary', ['summary']],
    ['summary', []],
  ])('suggests nothing for %s', (word, candidates) => {
    expect(nearest(word, candidates)).toBeUndefined();
  });

  it('prefers the typing slip over a longer name that begins alike', () => {
    expect(nearest('sumn', ['summary', 'sum'])).toBe('sum');
    expect(nearest('agen', ['agentName', 'agent'])).toBe('agent');
  });

  it('suggests nothing for a very long word', () => {
    const names = Array.from({ length: 1000 }, (_, index) => `name${index}`);
    expect(nearest('a'.repeat(1_000_000), names)).toBeUndefined();
  });
});
