// The live lines of `dev` and the formats beneath them.

import { describe, expect, it } from 'vitest';
import { brief, oneLine, relative, span, width, wrap, zone } from '../../src/cli/format.ts';
import { createPrinter, printHappening } from '../../src/cli/print.ts';
import type { Happening } from '../../src/core/model.ts';

const at = new Date(2026, 10, 23, 20, 14, 3).getTime();
const line = (happening: Happening) => printHappening(happening, false, at);

const delivery = {
  kind: 'delivery',
  status: 'accepted',
  source: 'truedy',
  deliveryId: 'dlv_1',
  eventId: 'evt_1',
  type: 'call.ended',
  reason: null,
} as const;
const run = {
  kind: 'run',
  runId: 'run_1',
  eventId: 'evt_1',
  workflow: 'call-summary',
  status: 'succeeded',
  reason: null,
} as const;
const attempt = {
  kind: 'attempt',
  runId: 'run_1',
  step: 'log',
  number: 1,
  connection: 'crm',
  action: 'upsert-record',
  status: 'succeeded',
  tookMs: 142.4,
  output: { id: '00T1', created: true, nested: { a: 1 } },
  error: null,
} as const;
const step = {
  kind: 'step',
  runId: 'run_1',
  workflow: 'call-summary',
  step: 'tell',
  status: 'waiting',
  note: null,
  dueAt: at + 12_000,
} as const;

describe('printHappening', () => {
  it('tells a delivery with its event', () => {
    expect(line(delivery)).toMatch(/^20:14:03 ✓ delivery {3}truedy call\.ended accepted +evt_1$/);
    expect(line({ ...delivery, status: 'duplicate' })).toMatch(/= delivery {3}truedy call\.ended duplicate.* evt_1$/);
  });

  it('tells a refused delivery with its reason and its own id', () => {
    const refused = {
      ...delivery,
      status: 'refused',
      reason: 'signature.mismatch',
      type: null,
      eventId: null,
    } as const;
    expect(line(refused)).toMatch(/✗ delivery {3}truedy refused: signature\.mismatch +dlv_1$/);
  });

  it('tells which workflows took an event, and that none did', () => {
    const event = { kind: 'event', eventId: 'evt_1', type: 'call.ended', workflows: ['a', 'b'] } as const;
    expect(line(event)).toMatch(/✓ event {6}call\.ended → a, b +evt_1$/);
    expect(line({ ...event, withoutRun: ['b'] })).toMatch(/→ a, b \(no run for b: unique\) +evt_1$/);
    expect(line({ ...event, workflows: [] })).toMatch(/– event {6}call\.ended no workflow took it +evt_1$/);
  });

  it('tells a run when it starts, is held and ends, not when it is planned', () => {
    expect(line(run)).toMatch(/✓ run {8}call-summary succeeded +run_1$/);
    expect(line({ ...run, status: 'held', reason: 'in_doubt' })).toMatch(
      /‖ run {8}call-summary held: in doubt +run_1$/,
    );
    expect(line({ ...run, status: 'pending' })).toBeNull();
  });

  it('tells an effect with its plain output, and a failure with its code', () => {
    expect(line(attempt)).toBe('20:14:03 ✓ effect     crm.upsert-record succeeded in 142 ms: id=00T1 created=true');
    const error = { name: 'PermanentError', code: 'channel_not_found', message: 'no such channel' };
    const rejected = { ...attempt, status: 'rejected', number: 2, output: null, error } as const;
    expect(line(rejected)).toContain('(attempt 2) rejected in 142 ms: channel_not_found: no such channel');
    expect(line({ ...attempt, action: 'salesforce.upsert-record' })).toContain(' crm.upsert-record succeeded');
    expect(line({ ...attempt, status: 'begun' })).toBeNull();
  });

  it('tells when a waiting step is tried again', () => {
    expect(line(step)).toMatch(/↻ step {7}call-summary › tell waiting, next try in 12 s +run_1$/);
    expect(line({ ...step, status: 'running' })).toBeNull();
  });

  it('tells what to do about a paused connection', () => {
    const error = { name: 'ConnectionError', message: 'invalid_client' };
    const state = { name: 'crm', status: 'paused', reason: 'credentials', since: at, untilAt: null, error } as const;
    expect(line({ kind: 'connection', state })).toContain(
      'crm paused, its credentials are refused: invalid_client; go on with "hookline resume crm"',
    );
    expect(line({ kind: 'connection', state: { ...state, status: 'ok' } })).toContain('✓ connection crm works');
  });

  it('stays one line without control characters whatever the data holds', () => {
    const hostile = 'a\n\u001b[2Jb\u202ec\r\u0007\u009b31m';
    const told = [
      line({ ...delivery, type: hostile, source: hostile, eventId: hostile }),
      line({ ...run, workflow: hostile }),
      line({ ...attempt, output: { [hostile]: hostile } }),
      line({ ...attempt, status: 'rejected', error: { name: 'E', message: hostile, code: hostile } }),
      line({ ...step, step: hostile, note: hostile }),
      line({ kind: 'event', eventId: hostile, type: hostile, workflows: [hostile] }),
    ];
    for (const text of told) expect(text).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
  });

  it('colours only when asked to', () => {
    expect(printHappening(run, true, at)).toContain('\u001b[');
    expect(printHappening(run, false, at)).not.toContain('\u001b');
  });
});

describe('formats', () => {
  it('cuts between characters, never inside one', () => {
    expect(oneLine('👩‍👩‍👧👩‍👩‍👧👩‍👩‍👧', 2)).toBe('👩‍👩‍👧…');
    expect(oneLine('short', 5)).toBe('short');
  });

  it('shows line breaks of data as a sign', () => {
    expect(oneLine(' a\r\n\n b\tc ')).not.toMatch(/[\n\t]/);
    expect(oneLine('a\nb')).toBe('a ⏎ b');
  });

  it('shows any value', () => {
    expect(brief(undefined)).toBe('missing');
    expect(brief({ a: [1, null] })).toBe('{"a":[1,null]}');
  });

  it('says how long and how long ago', () => {
    expect([0, 999, 1500, 59_000, 3 * 60_000, 5 * 3_600_000, 4 * 86_400_000].map(span)).toEqual([
      '0 ms',
      '999 ms',
      '1.5 s',
      '59 s',
      '3 min',
      '5 h',
      '4 d',
    ]);
    expect(relative(at - 180_000, at)).toBe('3 min ago');
    expect(relative(at + 12_000, at)).toBe('in 12 s');
    expect(relative(at, at)).toBe('now');
    expect(zone(at)).toMatch(/^UTC([+-]\d\d:\d\d)?$/);
  });

  it('breaks long lines at blanks and loses nothing', () => {
    const text = '  two  blanks and averyveryverylongword at the end';
    expect(wrap(text, 16)).toEqual(['  two  blanks', 'and', 'averyveryverylongword', 'at the end']);
    expect(wrap(text, 1000)).toEqual([text]);
    expect(wrap('', 10)).toEqual(['']);
  });

  it('aligns columns by what a terminal shows, wide characters and colours included', () => {
    const lines: string[] = [];
    const io = {
      out: (text: string) => void lines.push(text),
      err: () => undefined,
      env: {},
      cwd: '/',
      clock: () => at,
    };
    const plain = createPrinter({ ...io, color: false });
    plain.table([
      ['日本', 'x'],
      [['abcdef', 'red'], 'y'],
    ]);
    expect(lines).toEqual(['日本    x', 'abcdef  y']);
    expect(width('日本')).toBe(4);
    createPrinter({ ...io, color: true }).table([[['a', 'red'], 'z']]);
    expect(lines.at(-1)).toBe('\u001b[31ma\u001b[39m  z');
  });
});
