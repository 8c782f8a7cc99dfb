// The Salesforce actions against the strict sandbox.

import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import salesforce from '../../../connectors/salesforce/index.ts';
import { openRig, type Rig } from '../../conformance/harness.ts';

const field = 'Truedy_Call_Id__c';
const task = (value: string, record: Record<string, unknown>) => ({
  object: 'Task',
  externalId: { field, value },
  record,
});

let rig: Rig;
beforeAll(async () => {
  rig = await openRig({ connector: salesforce });
});
afterAll(() => rig.close());

const run = async (action: string, input: unknown) => {
  const { outcome, effects } = await rig.call(action, input, { timeoutMs: 20_000 });
  if (outcome.status !== 'succeeded') throw outcome.error;
  return { output: outcome.output as Record<string, unknown>, effects };
};
const held = (id: unknown) => rig.sandbox.list().find((item) => item.id === id);

describe('upsert-record', () => {
  it('creates a record, then updates the one with the same external id', async () => {
    const first = await run(
      'upsert-record',
      task('up-1', { Subject: 'Call with an agent', CallDurationInSeconds: 61 }),
    );
    const second = await run('upsert-record', task('up-1', { Subject: 'Call with another agent' }));
    expect(first).toMatchObject({ output: { created: true }, effects: 1 });
    expect(second).toEqual({ output: { id: first.output['id'], created: false }, effects: 0 });
    expect(held(first.output['id'])).toMatchObject({
      kind: 'record',
      title: 'Task "Call with another agent"',
      fields: { [field]: 'up-1', CallDurationInSeconds: 61, Status: 'Not Started' },
    });
  });

  it('leaves one record when an answer is lost and the call is repeated', async () => {
    const input = task('up-lost', { Subject: 'Lost answer' });
    rig.proxy.fail('cut-after');
    const lost = await rig.call('upsert-record', input);
    expect(lost).toMatchObject({ outcome: { status: 'in_doubt' }, effects: 1 });
    expect(await run('upsert-record', input)).toMatchObject({ output: { created: false }, effects: 0 });
  });

  it('sends any external id as one segment and stores it as it was given', async () => {
    for (const value of ['a b/ü?#%2F', 'up..1', '+49 30 1234', "it's", '%2e%2e']) {
      const { output } = await run('upsert-record', task(value, { Subject: 'Odd id' }));
      expect(held(output['id'])?.fields[field]).toBe(value);
    }
  });

  it('takes a number as external id', async () => {
    const { output } = await run('upsert-record', { ...task('', {}), externalId: { field, value: 4711 } });
    expect(held(output['id'])?.fields[field]).toBe('4711');
  });

  it('reads the id where an old version answers an update without a body', async () => {
    const old = await openRig({ connector: salesforce, settings: { apiVersion: '45.0' } });
    onTestFinished(() => old.close());
    const input = task("it's old\\", { Subject: 'Old version' });
    const first = (await old.call('upsert-record', input)).outcome;
    const second = (await old.call('upsert-record', input)).outcome;
    const { id } = (first as { output: { id: string } }).output;
    expect(second).toMatchObject({ status: 'succeeded', output: { id, created: false } });
    expect(old.proxy.seen.at(-1)?.url).toMatch(/^\/services\/data\/v45\.0\/query\?q=/);
  });

  it('is rejected when several records have the external id', async () => {
    const record = { Subject: 'Twin', Legacy_Id__c: 'twin' };
    await run('create-record', { object: 'Task', record });
    await run('create-record', { object: 'Task', record });
    const input = {
      object: 'Task',
      externalId: { field: 'Legacy_Id__c', value: 'twin' },
      record: { Subject: 'Which?' },
    };
    expect(await rig.call('upsert-record', input)).toMatchObject({
      outcome: {
        status: 'rejected',
        error: { message: expect.stringContaining('several Salesforce records') as string },
      },
      effects: 0,
    });
  });

  it.each([
    ['an unknown field', { Subjekt: 'x' }, 'INVALID_FIELD'],
    ['a text that is too long', { Subject: 'x'.repeat(256) }, 'STRING_TOO_LONG'],
    ['a text where a number belongs', { CallDurationInSeconds: 'sixty' }, 'JSON_PARSER_ERROR'],
    ['a number where a text belongs', { Subject: 60 }, 'JSON_PARSER_ERROR'],
    ['a field that cannot be written', { CreatedDate: '2026-01-01T00:00:00Z' }, 'INVALID_FIELD_FOR_INSERT_UPDATE'],
    ['an id that is none', { WhoId: 'me' }, 'MALFORMED_ID'],
    ['a reference to nothing', { WhoId: '003000000000001AAA' }, 'INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY'],
  ])('is rejected for %s', async (_, record, code) => {
    expect(await rig.call('upsert-record', task('up-bad', record))).toMatchObject({
      outcome: { status: 'rejected', credentials: false, error: { code } },
      effects: 0,
    });
  });

  it('names the missing fields once', async () => {
    const input = { object: 'Lead', externalId: { field, value: 'lead-1' }, record: { FirstName: 'Ada' } };
    const { outcome } = await rig.call('upsert-record', input);
    const message =
      'Salesforce refused the call: REQUIRED_FIELD_MISSING: Required fields are missing: [LastName, Company]';
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'REQUIRED_FIELD_MISSING', message } });
  });

  it('refuses the external id a second time in the record, in any case, before it sends anything', async () => {
    const before = rig.proxy.requests;
    const { outcome } = await rig.call('upsert-record', task('up-2', { [field.toUpperCase()]: 'other' }));
    expect(outcome).toMatchObject({ status: 'rejected', sent: null });
    expect(rig.proxy.requests).toBe(before);
  });
});

describe('create-record', () => {
  const create = (value: string, record = {}) => ({ ...task(value, { Subject: 'Created', ...record }) });

  it('creates another record each time', async () => {
    const input = { object: 'Task', record: { Subject: 'Again' } };
    const ids = [await run('create-record', input), await run('create-record', input)].map(
      ({ output }) => output['id'],
    );
    expect(new Set(ids).size).toBe(2);
  });

  it('finds the record of an earlier attempt when its own external id is a duplicate', async () => {
    const first = await run('create-record', create("cr-'1"));
    expect(first).toMatchObject({ output: { created: true }, effects: 1 });
    expect(await run('create-record', create("cr-'1"))).toEqual({
      output: { id: first.output['id'], created: false },
      effects: 0,
    });
  });

  it('is rejected when another unique field is the duplicate', async () => {
    await run('create-record', create('cr-2', { External_Id__c: 'taken' }));
    expect(await rig.call('create-record', create('cr-3', { External_Id__c: 'taken' }))).toMatchObject({
      outcome: { status: 'rejected', error: { code: 'DUPLICATE_VALUE' } },
      effects: 0,
    });
  });

  it('is rejected for a duplicate when no external id is given', async () => {
    const input = { object: 'Task', record: { Subject: 'x', [field]: 'cr-4' } };
    await run('create-record', input);
    expect((await rig.call('create-record', input)).outcome).toMatchObject({
      status: 'rejected',
      error: { code: 'DUPLICATE_VALUE' },
    });
  });
});

describe('update-record', () => {
  it('changes fields, empties one with null, and may be repeated', async () => {
    const { output } = await run('create-record', { object: 'Task', record: { Subject: 'Old', CallType: 'Inbound' } });
    const input = { object: 'Task', id: output['id'], record: { Subject: 'New', CallType: null } };
    expect(await run('update-record', input)).toEqual({ output: { id: output['id'] }, effects: 0 });
    await run('update-record', input);
    expect(held(output['id'])?.fields).toMatchObject({ Subject: 'New', CallType: null });
  });

  it.each([
    ['a record that does not exist', '00T000000000001AAA', 'NOT_FOUND'],
    ['an id that is none', '../Account', undefined],
  ])('is rejected for %s', async (_, id, code) => {
    const { outcome } = await rig.call('update-record', { object: 'Task', id, record: { Subject: 'x' } });
    expect(outcome).toMatchObject({ status: 'rejected', error: { code } });
  });
});

describe('find', () => {
  const contact = (LastName: string, more = {}) =>
    run('create-record', { object: 'Contact', record: { LastName, Department: 'find', ...more } });
  const names = async (conditions: unknown[], more = {}) => {
    const own = { field: 'Department', op: '=', value: 'find' };
    const input = { object: 'Contact', fields: ['LastName'], conditions: [own, ...conditions], ...more };
    const { output } = await run('find', input);
    return (output['records'] as { LastName: string }[]).map((record) => record.LastName);
  };
  beforeAll(async () => {
    await contact("O'Neill", { Phone: '+49 30 1', Birthdate: '1980-02-03', DoNotCall: true });
    await contact('100%', { Phone: '+49 30 2', Birthdate: '1990-02-03', DoNotCall: false });
    await contact('back\\slash_', { DoNotCall: false });
  });

  it.each<[string, unknown[], string[]]>([
    ['text', [{ field: 'LastName', op: '=', value: "O'Neill" }], ["O'Neill"]],
    ['another text', [{ field: 'LastName', op: '!=', value: "O'Neill" }], ['100%', 'back\\slash_']],
    ['a list', [{ field: 'Phone', op: 'in', value: ['+49 30 1', '+49 30 2'] }], ["O'Neill", '100%']],
    ['no list', [{ field: 'LastName', op: 'not in', value: ['100%'] }], ["O'Neill", 'back\\slash_']],
    ['a part', [{ field: 'LastName', op: 'contains', value: 'k\\s' }], ['back\\slash_']],
    ['a percent sign as itself', [{ field: 'LastName', op: 'contains', value: '%' }], ['100%']],
    ['an underline as itself', [{ field: 'LastName', op: 'contains', value: '_' }], ['back\\slash_']],
    ['a start', [{ field: 'LastName', op: 'starts with', value: '100' }], ['100%']],
    ['an empty field', [{ field: 'Phone', op: 'empty' }], ['back\\slash_']],
    ['a filled field', [{ field: 'Phone', op: 'not empty' }], ["O'Neill", '100%']],
    ['a date', [{ field: 'Birthdate', op: '>', value: '1985-01-01', type: 'date' }], ['100%']],
    ['a boolean', [{ field: 'DoNotCall', op: '=', value: true }], ["O'Neill"]],
  ])('finds by %s', async (_, conditions, expected) => {
    expect(await names(conditions)).toEqual(expected);
  });

  it('reads at most as many as its limit', async () => {
    expect(await names([], { limit: 2 })).toEqual(["O'Neill", '100%']);
  });

  it('gives ids when no fields are named, without the attributes of the API', async () => {
    const conditions = [{ field: 'LastName', op: '=', value: '100%' }];
    const { output } = await run('find', { object: 'Contact', conditions });
    expect(output).toEqual({ records: [{ Id: expect.stringMatching(/^003\w{15}$/) as string }], total: 1 });
  });

  it('reads every page', async () => {
    const subjects = Array.from({ length: 201 }, (_, index) => `page ${index}`);
    await Promise.all(
      subjects.map((Subject) => run('create-record', { object: 'Task', record: { Subject, Type: 'page' } })),
    );
    const conditions = [{ field: 'Type', op: '=', value: 'page' }];
    const before = rig.proxy.requests;
    const { output } = await run('find', { object: 'Task', fields: ['Subject'], conditions, limit: 2000 });
    const found = (output['records'] as { Subject: string }[]).map((record) => record.Subject);
    expect(found.sort()).toEqual(subjects.sort());
    expect(output['total']).toBe(201);
    expect(rig.proxy.requests - before).toBe(2);
  });

  it('is rejected for an object that does not exist', async () => {
    const { outcome } = await rig.call('find', { object: 'Taks', conditions: [{ field: 'Id', op: 'not empty' }] });
    expect(outcome).toMatchObject({ status: 'rejected', error: { code: 'INVALID_TYPE' } });
  });
});
