// `hookline events`: what was received, one event in full, and the deliveries that were refused.

import type { DeliveriesAnswer } from '../console/api/deliveries.ts';
import type { EventDetail, EventsAnswer, EventSummary } from '../console/api/events.ts';
import type { Io } from './client.ts';
import { checkListOnly, misuse, runCommand, type Given } from './command.ts';
import { brief, dateTime, mark, oneLine, relative, zone } from './format.ts';
import type { Cell, Printer } from './print.ts';

const help = `
hookline events [event]
  Lists what was received, newest first; with an event's id, shows it with its payload, deliveries and runs.

  --type <type>      only this type, such as call.ended
  --source <name>    only from this source
  --status <status>  pending, matched or ignored
  --untaken          those that no workflow took (ignored), each with the nearest reason
  --refused          the deliveries that were refused instead, with the reason
  --reason <reason>  with --refused: only for this reason, such as signature.stale
  --from <time>      since then: 2026-11-23, 2026-11-23T21:45:00Z, or how long ago: 15m, 2h, 7d
  --to <time>        before then
  --limit <count>    how many, 1 to 200 (20)
  --before <id>      the page after the row with this id
  --json             the answer as JSON
`;

const options = {
  type: { type: 'string' },
  source: { type: 'string' },
  status: { type: 'string' },
  untaken: { type: 'boolean' },
  refused: { type: 'boolean' },
  reason: { type: 'string' },
  from: { type: 'string' },
  to: { type: 'string' },
  limit: { type: 'string' },
  before: { type: 'string' },
} as const;

const command = { name: 'events', help, options, takes: [0, 1] } as const;

export function events(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async (given) => {
    const [id] = given.positionals;
    if (id !== undefined) {
      checkListOnly(command, given.values);
      return showEvent(given, id);
    }
    const {
      refused,
      untaken,
      limit = '20',
      before,
      from,
      to,
      reason,
      type,
      source,
      status = untaken ? 'ignored' : undefined,
    } = given.values;
    if (untaken === true && status !== 'ignored')
      throw misuse(command, '"--status" does not go with "--untaken": what no workflow took is ignored');
    if (refused !== true) {
      if (reason !== undefined) throw misuse(command, '"--reason" goes with "--refused" only');
      const query = { type, source, status, from, to, limit, before };
      return status === 'ignored' ? showUntaken(given, query) : showEvents(given, query);
    }
    const unfit = Object.entries({ type, status, untaken }).find(([, value]) => value !== undefined);
    if (unfit !== undefined) throw misuse(command, `"--${unfit[0]}" does not go with "--refused"`);
    return showRefused(given, { status: 'refused', source, reason, from, to, limit, before });
  });
}

type Query = Readonly<Record<string, string | undefined>>;
type Events = Given<typeof options>;

async function showEvents({ client, show, print }: Events, query: Query): Promise<void> {
  const answer = (await client.get('/api/events', query)) as EventsAnswer;
  show(answer, () => {
    if (answer.items.length === 0) return print.line(emptyLine(query));
    const rows = answer.items.map((event): Cell[] => [
      mark(event.status),
      event.status,
      oneLine(event.type, 40),
      oneLine(event.source, 20),
      ...timeCells(print, event.receivedAt),
      [workflowsOf(event), event.status === 'matched' ? 'bold' : 'dim'],
      event.id,
    ]);
    print.table([header(print, ['', 'STATUS', 'TYPE', 'SOURCE', 'RECEIVED', '', 'WORKFLOWS', 'ID']), ...rows]);
    nextLine(print, 'events', answer.next, query);
  });
}

async function showUntaken({ client, show, print }: Events, query: Query): Promise<void> {
  const answer = (await client.get('/api/events', { ...query, reasons: 'true' })) as EventsAnswer;
  show(answer, () => {
    if (answer.items.length === 0) return print.line('No event fits: every one was taken, or is not matched yet.');
    const rows = answer.items.map((event): Cell[] => [
      mark(event.status),
      oneLine(event.type, 40),
      oneLine(event.source, 20),
      ...timeCells(print, event.receivedAt),
      event.id,
      nearestLine(event),
    ]);
    print.table([header(print, ['', 'TYPE', 'SOURCE', 'RECEIVED', '', 'ID', 'NEAREST REASON']), ...rows]);
    print.line(print.paint('All of it: hookline why <event>', 'dim'));
    nextLine(print, 'events', answer.next, query);
  });
}

/** `long-calls: event.data.call.duration > 60 (event.data.call.duration = 12)`. */
function nearestLine({ nearest, type }: EventSummary): string {
  if (nearest === undefined) return '';
  const { reason, workflow, text, values, certain } = nearest;
  const sure = certain ? '' : ' (by the file as it is now)';
  const name = oneLine(workflow ?? '', 60);
  const seen = values.slice(0, 2).map(({ path, shown }) => `${path} = ${shown}`);
  switch (reason) {
    case 'false':
      return oneLine(`${name}: ${text} is false${seen.length === 0 ? '' : `; ${seen.join(', ')}`}`, 160) + sure;
    case 'other-event':
      return `no workflow waits for ${oneLine(type, 60)}${sure}`;
    case 'would-take':
      return `${name} would take it${certain ? '; it could not be matched then' : ' by the file as it is now'}`;
    case 'unreadable':
      return `it cannot be read: ${oneLine(text, 100)}`;
    default:
      return `the file has no workflow${sure}`;
  }
}

function workflowsOf({ status, workflows }: EventSummary): string {
  if (status === 'pending') return 'not matched yet';
  return workflows.length === 0 ? 'none took it' : oneLine(workflows.join(', '), 60);
}

function emptyLine({ type, source, status, from, to, before }: Query): string {
  const filtered = [type, source, status, from, to, before].some((value) => value !== undefined);
  if (filtered) return 'No event fits these filters.';
  return 'No event yet. Send a sample with "hookline send <source> <type>"; what was refused: "hookline events --refused".';
}

async function showRefused({ client, show, print }: Events, query: Query): Promise<void> {
  const answer = (await client.get('/api/deliveries', query)) as DeliveriesAnswer;
  show(answer, () => {
    if (answer.items.length === 0) {
      const { status: _, limit: __, ...filters } = query;
      const filtered = Object.values(filters).some((value) => value !== undefined);
      return print.line(filtered ? 'No refused delivery fits these filters.' : 'No delivery was refused.');
    }
    const rows = answer.items.map((delivery): Cell[] => [
      mark(delivery.status),
      [oneLine(delivery.reason ?? 'no reason', 40), 'red'],
      oneLine(delivery.source, 20),
      ...timeCells(print, delivery.receivedAt),
      `${delivery.size} B`,
      delivery.id,
      [brief(delivery.body?.text ?? '', 60), 'dim'],
    ]);
    print.table([header(print, ['', 'REASON', 'SOURCE', 'RECEIVED', '', 'SIZE', 'ID', 'FIRST BYTES']), ...rows]);
    nextLine(print, 'events --refused', answer.next, query);
  });
}

async function showEvent({ client, show, print }: Events, id: string): Promise<void> {
  const event = (await client.get(`/api/events/${encodeURIComponent(id)}`)) as EventDetail;
  show(event, () => {
    print.line(`${print.paint(event.id, 'bold')}  ${oneLine(event.type)} from ${oneLine(event.source)}`);
    print.table(
      [
        ['status', print.status(event.status)],
        ['received', print.when(event.receivedAt)],
        ...(event.time === null ? [] : [['happened', oneLine(event.time)]]),
        ['key', `${oneLine(event.key)} (by ${oneLine(event.rule)})`],
      ],
      '  ',
    );
    print.line();
    print.line(`Deliveries${event.deliveries.next === null ? '' : ' (the newest)'}`);
    print.table(
      event.deliveries.items.map((one): Cell[] => {
        const differs = one.status === 'duplicate' && one.body !== null;
        return [
          mark(one.status),
          one.status,
          ...timeCells(print, one.receivedAt),
          one.id,
          differs ? 'with another body' : '',
        ];
      }),
      '  ',
    );
    print.line();
    showRuns(print, event);
    print.line();
    showPayload(print, event.payload);
  });
}

function showRuns(print: Printer, { id, status, workflows, runs }: EventDetail): void {
  const without = workflows.filter((name) => !runs.items.some(({ workflow }) => workflow === name));
  if (runs.items.length === 0 && without.length === 0)
    return print.line(status === 'pending' ? 'Runs: not matched yet' : 'Runs: no workflow took it');
  print.line('Runs');
  if (runs.next === null) {
    for (const name of without)
      print.line(`  – ${oneLine(name, 60)} took it and has no run; the reason: hookline why ${id}`);
  }
  print.table(
    runs.items.map((run): Cell[] => [
      mark(run.status),
      run.reason === null ? run.status : `${run.status}: ${run.reason.replaceAll('_', ' ')}`,
      oneLine(run.workflow, 60),
      run.replay === 0 ? '' : `replay ${run.replay}`,
      run.id,
    ]),
    '  ',
  );
}

function showPayload(print: Printer, payload: EventDetail['payload']): void {
  print.line(`Payload${payload.base64 === null ? '' : ' (no valid UTF-8: --json has the exact bytes as base64)'}`);
  if (payload.problem !== null) print.line(`  ${print.paint(oneLine(payload.problem), 'yellow')}`);
  const parsed = payload.body === undefined || typeof payload.body === 'string' ? undefined : payload.body;
  print.block(parsed === undefined ? payload.text : JSON.stringify(parsed, null, 2), '  ');
}

/** Absolute and relative time as two columns. */
export function timeCells(print: Printer, iso: string): Cell[] {
  const at = Date.parse(iso);
  return [dateTime(at), [relative(at, print.now), 'dim']];
}

/** Column names, the zone of the times with them. */
export function header(print: Printer, names: readonly string[]): Cell[] {
  return names.map((name) => [['RECEIVED', 'CREATED'].includes(name) ? `${name} (${zone(print.now)})` : name, 'dim']);
}

export function nextLine(print: Printer, name: string, next: string | null, query: Query): void {
  if (next === null) return;
  const { before: _, status, ...rest } = query;
  const kept = Object.entries(name.includes('--') ? rest : { status, ...rest }).flatMap(([option, value]) =>
    value === undefined ? [] : [`--${option} ${oneLine(value)}`],
  );
  print.line(print.paint(['More: hookline', name, ...kept, '--before', next].join(' '), 'dim'));
}
