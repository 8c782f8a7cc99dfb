// The lines of the terminal: tables for the commands, and one line for each thing that happens.

import { printable } from '../core/log.ts';
import type { Happening } from '../core/model.ts';
import type { Io } from './client.ts';
import {
  brief,
  callName,
  clockTime,
  dateTime,
  describeError,
  mark,
  oneLine,
  painter,
  relative,
  span,
  statusWord,
  width,
  wrap,
  type Hue,
} from './format.ts';

export type Cell = string | readonly [text: string, hue: Hue];

export interface Printer {
  readonly now: number;
  line(text?: string): void;
  paint(text: string, hue: Hue): string;
  /** A status with its symbol, in its colour. */
  status(status: string, reason?: string | null): string;
  /** Aligned columns; the last is not padded. */
  table(rows: readonly (readonly Cell[])[], indent?: string): void;
  /** Text of several lines, control characters made visible; lines longer than `most` are broken. */
  block(text: string, indent: string, most?: number): void;
  /** Absolute and relative time of an ISO text. */
  when(iso: string): string;
}

export function createPrinter(io: Io): Printer {
  const now = (io.clock ?? Date.now)();
  const paint = painter(io.color);
  return {
    now,
    paint,
    line: (text = '') => io.out(text),
    status: (status, reason) => paint(`${mark(status)[0]} ${statusWord(status, reason)}`, mark(status)[1]),
    table: (rows, indent = '') => {
      for (const text of columns(rows, paint)) io.out(indent + text);
    },
    block: (text, indent, most) => {
      const parts = printable(text.replace(/\r\n/g, '\n').trimEnd()).split('\n');
      for (const part of parts.flatMap((long) => (most === undefined ? long : wrap(long, most)))) io.out(indent + part);
    },
    when: (iso) => `${dateTime(Date.parse(iso))} (${relative(Date.parse(iso), now)})`,
  };
}

function columns(rows: readonly (readonly Cell[])[], paint: Printer['paint']): string[] {
  const text = (cell: Cell) => (typeof cell === 'string' ? cell : cell[0]);
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries()) widths[index] = Math.max(widths[index] ?? 0, width(text(cell)));
  }
  return rows.map((row) => {
    const cells = row.map((cell, index) => {
      const gap = index === row.length - 1 ? '' : ' '.repeat((widths[index] ?? 0) - width(text(cell)));
      return (typeof cell === 'string' ? cell : paint(cell[0], cell[1])) + gap;
    });
    return cells.join('  ').trimEnd();
  });
}

/**
 * One line for what just happened, or null for what is not worth one: `20:14:03 ✓ delivery  calls call.ended accepted  evt_…`.
 * `at`: when it happened, in milliseconds since 1970.
 */
export function printHappening(happening: Happening, color: boolean, at: number = Date.now()): string | null {
  const told = tell(happening, at);
  if (told === null) return null;
  const paint = painter(color);
  const [symbol, hue] = mark(told.status);
  const head = `${paint(clockTime(at), 'dim')} ${paint(symbol, hue)} ${paint(told.kind.padEnd(10), 'dim')}`;
  const tail =
    told.id === undefined ? '' : `${' '.repeat(Math.max(2, 56 - width(told.text)))}${paint(oneLine(told.id), 'dim')}`;
  return `${head} ${told.strong === true ? paint(told.text, hue) : told.text}${tail}`;
}

interface Told {
  readonly kind: string;
  readonly status: string;
  readonly text: string;
  readonly id?: string;
  /** Coloured as a whole: somebody should look. */
  readonly strong?: boolean;
}

function tell(happening: Happening, now: number): Told | null {
  switch (happening.kind) {
    case 'delivery':
      return tellDelivery(happening);
    case 'event': {
      const { eventId: id, workflows, withoutRun = [] } = happening;
      const type = oneLine(happening.type, 60);
      if (workflows.length === 0) return { kind: 'event', status: 'ignored', text: `${type} no workflow took it`, id };
      const again = withoutRun.length === 0 ? '' : ` (no run for ${oneLine(withoutRun.join(', '))}: unique)`;
      return { kind: 'event', status: 'matched', text: `${type} → ${oneLine(workflows.join(', '))}${again}`, id };
    }
    case 'run': {
      const { status, workflow, reason, runId: id } = happening;
      if (status === 'pending') return null;
      const strong = status === 'held' || status === 'failed';
      return { kind: 'run', status, text: `${oneLine(workflow, 60)} ${statusWord(status, reason)}`, id, strong };
    }
    case 'step':
      return tellStep(happening, now);
    case 'attempt':
      return tellAttempt(happening);
    case 'connection':
      return tellConnection(happening.state, now);
    case 'workflow':
      return tellWorkflow(happening);
    default:
      return tellConfig(happening);
  }
}

function tellDelivery(happening: Extract<Happening, { kind: 'delivery' }>): Told {
  const { status, source, type, reason, eventId, deliveryId } = happening;
  const what = [source, type ?? ''].filter((part) => part !== '').map((part) => oneLine(part, 60));
  const how = status === 'duplicate' ? 'duplicate, nothing new' : statusWord(status, reason);
  return {
    kind: 'delivery',
    status,
    text: [...what, oneLine(how)].join(' '),
    id: eventId ?? deliveryId,
    strong: status === 'refused',
  };
}

/** The problems of a refused file are printed with their places. */
function tellConfig({ status, workflows }: Extract<Happening, { kind: 'config' }>): Told | null {
  if (status === 'refused') return null;
  const counts = Object.entries(workflows).flatMap(([word, names]: [string, readonly string[]]) =>
    names.length === 0 ? [] : [`${names.length} ${names.length === 1 ? 'workflow' : 'workflows'} ${word}`],
  );
  return { kind: 'reload', status: 'succeeded', text: `reloaded: ${counts.join(', ') || 'no workflow changed'}` };
}

function tellStep(happening: Extract<Happening, { kind: 'step' }>, now: number): Told | null {
  const { status, workflow, step, note, dueAt, runId: id } = happening;
  if (status === 'pending' || status === 'running') return null;
  const due = status === 'waiting' && dueAt !== null ? `, next try ${relative(dueAt, now)}` : '';
  const why = note === null || note === '' ? '' : ` (${oneLine(note.replaceAll('_', ' '))})`;
  return { kind: 'step', status, text: `${oneLine(workflow, 60)} › ${oneLine(step, 60)} ${status}${due}${why}`, id };
}

function tellAttempt(happening: Extract<Happening, { kind: 'attempt' }>): Told | null {
  const { status, connection, action, number, tookMs, output, error } = happening;
  if (status === 'begun') return null;
  const name = callName(connection, action) + (number > 1 ? ` (attempt ${number})` : '');
  const took = `${statusWord(status)} in ${span(tookMs)}`;
  const detail = error === null ? describeOutput(output) : describeError(error);
  const strong = status === 'rejected' || status === 'in_doubt';
  return { kind: 'effect', status, text: `${name} ${took}${detail === '' ? '' : `: ${detail}`}`, strong };
}

/** The plain fields of an output: `id=00T… created=true`. */
function describeOutput(output: unknown): string {
  if (output === null || typeof output !== 'object')
    return output === undefined || output === null ? '' : brief(output);
  const plain = Object.entries(output).filter(([, value]) => value !== null && typeof value !== 'object');
  return oneLine(plain.map(([name, value]) => `${name}=${String(value)}`).join(' '), 120);
}

function tellWorkflow({ workflow, paused }: Extract<Happening, { kind: 'workflow' }>): Told {
  const name = oneLine(workflow, 60);
  if (!paused) return { kind: 'workflow', status: 'ok', text: `${name} goes on` };
  const text = `${name} paused by a person; go on with "hookline resume --workflow ${name}"`;
  return { kind: 'workflow', status: 'paused', text, strong: true };
}

function tellConnection(state: Extract<Happening, { kind: 'connection' }>['state'], now: number): Told {
  const name = oneLine(state.name, 60);
  const why = state.error === null ? '' : `: ${describeError(state.error)}`;
  if (state.status === 'ok') return { kind: 'connection', status: 'ok', text: `${name} works` };
  if (state.status === 'open') {
    const until = state.untilAt === null ? '' : `, next call ${relative(state.untilAt, now)}`;
    return { kind: 'connection', status: 'open', text: `${name} is down${until}${why}`, strong: true };
  }
  const because = state.reason === 'credentials' ? 'its credentials are refused' : 'by a person';
  const text = `${name} paused, ${because}${why}; go on with "hookline resume ${name}"`;
  return { kind: 'connection', status: 'paused', text, strong: true };
}
