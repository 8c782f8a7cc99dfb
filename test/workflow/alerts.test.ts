// Alerts of our own are a source like any other: typed, completed, with samples, and never taken unasked.

import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { alertSource } from '../../src/workflow/alerts.ts';
import { editorSchema } from '../../src/workflow/editor-schema.ts';
import { findEditorParts } from '../../src/workflow/editor-parts.ts';
import { catalog, eventOf, inWorkflow, problemsOf, ready } from './catalog.ts';

const withOn = (on: string, title = 'a', condition = 'event.id != ""') =>
  inWorkflow(`on: ${on}
if: ${condition}
steps:
  - uses: desk.save-note
    with: { title: "${title}" }`);

const codes = async (text: string) =>
  (await problemsOf(text)).map(({ code }) => code).filter((code) => !code.endsWith('unused'));

describe('the check of an alert', () => {
  it.each(Object.keys(alertSource.events))('knows hookline:%s without a declared source', async (type) => {
    expect(await codes(withOn(`hookline:${type}`))).toEqual([]);
  });

  it('knows what each holds', async () => {
    const failed = (field: string) => codes(withOn('hookline:run.failed', `\${{ event.data.${field} }}`));
    expect(await failed('message')).toEqual([]);
    expect(await failed('mesage')).toEqual(['expression.unknown-field']);
    expect(await failed('reason')).toEqual(['expression.unknown-field']);
    expect(await codes(withOn('hookline:run.held', 'a', 'event.data.reason == "in-doubt"'))).toEqual([
      'expression.not-listed',
    ]);
  });

  it('finds a misspelled one', async () => {
    const inEvent = async (on: string) => (await problemsOf(withOn(on))).find(({ code }) => code.startsWith('event'));
    const unknown = await inEvent('hookline:run.faild');
    expect(unknown).toMatchObject({ severity: 'error', hint: 'Did you mean "hookline:run.failed"?' });
    const source = await inEvent('hooklin:run.failed');
    expect(source).toMatchObject({ code: 'event.unknown-source', hint: 'Did you mean "hookline:run.failed"?' });
  });

  it.each(['[phone:call.ended, hookline:run.failed]', '["hookline:*", phone:call.ended]', '["hookline:run.*", "*:*"]'])(
    'refuses a workflow that its own failure would start: on %s',
    async (on) => {
      expect(await codes(withOn(on))).toEqual(['event.loop']);
    },
  );

  it.each(['[hookline:run.failed, hookline:run.held]', '[phone:call.ended, hookline:config.refused]', '"*:*"'])(
    'takes what is no loop: on %s',
    async (on) => {
      expect(await codes(withOn(on))).toEqual([]);
    },
  );

  it('keeps the name for itself', async () => {
    const text = withOn('hookline:run.failed').replace('{ phone:', '{ hookline: { uses: phone, secrets: [a] }, phone:');
    expect(await codes(text)).toEqual(['value.reserved']);
  });
});

describe('a workflow', () => {
  const alert = eventOf({ message: 'no' }, 'run.failed', 'hookline');

  it('takes an alert that it names, and says so', async () => {
    const workflows = await ready(withOn('"hookline:run.*"'));
    expect(workflows.match(alert)).toHaveLength(1);
    expect([...(workflows.alerts ?? [])]).toEqual(['run.failed', 'run.held']);
  });

  it('takes none by a pattern that means any source', async () => {
    const workflows = await ready(withOn('"*:*"'));
    expect(workflows.match(alert)).toEqual([]);
    expect(workflows.match(eventOf({}, 'run.failed', 'phone'))).toHaveLength(1);
    expect([...(workflows.alerts ?? [])]).toEqual([]);
  });
});

describe('what an alert holds', () => {
  const seed = { id: 'sample', at: '2026-11-23T12:00:00.000Z' };

  it.each(Object.entries(alertSource.events))(
    '%s has a sample that fits its schema and is read as it',
    (type, event) => {
      const body = event.samples['default']?.(seed);
      const validate = new Ajv({ strict: false }).compile(event.body);
      expect(validate(body), JSON.stringify(validate.errors)).toBe(true);
      const read = alertSource.identify({ body, headers: new Map(), receivedAt: 0 }, {});
      expect(read).toMatchObject({ type, id: 'sample', time: seed.at });
    },
  );

  it('is offered by editors', async () => {
    const schema = JSON.stringify(editorSchema(await findEditorParts(withOn('phone:call.ended'), catalog)));
    for (const type of Object.keys(alertSource.events)) expect(schema).toContain(`"hookline:${type}"`);
  });
});
