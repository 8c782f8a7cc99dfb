// `hookline why`: which workflows took a stored event, and for each of the others the first condition that was false.

import type { DeliveryView } from '../console/api/deliveries.ts';
import type { WhyAnswer } from '../console/api/why.ts';
import { reasons, type Reason } from '../receive/reasons.ts';
import { AnswerError, type Client, type Io } from './client.ts';
import { runCommand } from './command.ts';
import { brief, mark, oneLine, relative, statusWord } from './format.ts';
import type { Cell, Printer } from './print.ts';

const help = `
hookline why <event or delivery>
  Says which workflows took a stored event and what became of their runs. For each other workflow it shows the first
  condition that was false, where it stands in the file, and the values it saw. Of a delivery (dlv_…) it says why it was
  refused, or of which event it is a repeat.

  The answer is made by the workflow file that was live when the event was matched.
  For an event that is not stored, or for a changed file: "hookline try".

  --json  the answer as JSON
`;

export function why(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'why', help, options: {}, takes: [1, 1] }, args, io, async (given) => {
    const { client, positionals, show, print } = given;
    const [id = ''] = positionals;
    if (!id.startsWith('dlv_')) {
      const answer = await askWhy(client, id);
      return show(answer, () => showAnswer(print, answer));
    }
    const delivery = (await client.get(`/api/deliveries/${encodeURIComponent(id)}`)) as DeliveryView;
    const answer = await askWhy(client, delivery.eventId).catch(gone);
    show({ delivery, why: answer }, () => {
      showDelivery(print, delivery, answer);
      if (answer !== null) showAnswer(print, answer);
    });
  });
}

async function askWhy<Id extends string | null>(client: Client, id: Id): Promise<WhyAnswer | Extract<Id, null>> {
  if (id === null) return id as Extract<Id, null>;
  return (await client.get(`/api/events/${encodeURIComponent(id)}/why`)) as WhyAnswer;
}

/** An event that is no longer kept while a repeat of it is. */
function gone(error: unknown): null {
  if (error instanceof AnswerError && error.code === 'not.found') return null;
  throw error;
}

function showDelivery(print: Printer, delivery: DeliveryView, answer: WhyAnswer | null): void {
  const { id, status, source, reason, receivedAt, eventId, size, body } = delivery;
  print.line(`${print.paint(id, 'bold')}  from ${oneLine(source)}, received ${print.when(receivedAt)}`);
  if (status === 'refused') {
    print.line(`${print.status('refused')}: ${oneLine(reason ?? 'no reason')}, so no event was made of it`);
    const sentence = Object.hasOwn(reasons, reason ?? '') ? reasons[reason as Reason].message : undefined;
    if (sentence !== undefined) print.line(`    ${sentence}`);
    return print.line(`    ${size} bytes, beginning with ${brief(body?.text ?? '', 120)}`);
  }
  const what = status === 'duplicate' ? 'repeats an event that was there already, and starts no run' : 'is a new event';
  const differs = status === 'duplicate' && body !== null ? ' Its body is another one, and was not used.' : '';
  print.line(`${print.status(status)}: it ${what}.${differs}`);
  if (answer === null) print.line(`    The event ${eventId ?? ''} is no longer kept.`);
  print.line();
}

function showAnswer(print: Printer, answer: WhyAnswer): void {
  showEvent(print, answer);
  for (const workflow of answer.workflows) showWorkflow(print, answer, workflow);
  showDeliveries(print, answer);
}

type WorkflowView = WhyAnswer['workflows'][number];
type RunView = WorkflowView['runs'][number];

function showEvent(print: Printer, { event, config, problem, workflows }: WhyAnswer): void {
  const head = `${print.paint(event.id, 'bold')}  ${oneLine(event.type)} from ${oneLine(event.source)}`;
  print.line(`${head}, received ${print.when(event.receivedAt)}`);
  const took = workflows.filter(({ verdict }) => ['taken', 'unique', 'gone'].includes(verdict)).length;
  if (problem !== null) {
    print.line(print.status(event.status));
    return print.line(`The event cannot be read, so it cannot be explained: ${oneLine(problem)}`);
  }
  print.line(`${print.status(event.status)}: ${summary(event.status, took, workflows.length)}`);
  if (config === null) print.line('No workflow file is loaded, so there is nothing to compare with.');
  else print.line(print.paint(`Compared with ${oneLine(config.file)} ${version(config)}.`, 'dim'));
}

function summary(status: WhyAnswer['event']['status'], took: number, all: number): string {
  if (status === 'pending') return 'it is stored and not matched yet; ask again in a moment';
  return `${took === 0 ? 'none' : took} of ${all} ${all === 1 ? 'workflow' : 'workflows'} took it`;
}

function version({ hash, live, certain }: NonNullable<WhyAnswer['config']>): string {
  const short = hash.slice(0, 12);
  if (!certain) return `as it is now (${short}); another version may have been live when the event came`;
  return live ? `as it is now (${short})` : `as it was then (${short}); a newer version is live now`;
}

const words: Readonly<Record<WorkflowView['verdict'], string>> = {
  taken: 'took it',
  gone: 'took it, and is not in this version of the file',
  unique: 'took it, but has no run',
  pending: 'will take it',
  'not-run': 'would take it, but has no run',
  false: 'did not take it: its if is false',
  'other-event': 'did not take it: it waits for other events',
};

function showWorkflow(print: Printer, answer: WhyAnswer, workflow: WorkflowView): void {
  const took = ['taken', 'gone', 'pending'].includes(workflow.verdict);
  const odd = ['unique', 'not-run'].includes(workflow.verdict);
  const [symbol, hue] = odd ? (['!', 'yellow'] as const) : mark(took ? 'matched' : 'ignored');
  const word =
    answer.event.status === 'pending'
      ? words[workflow.verdict].replace('did not', 'will not')
      : words[workflow.verdict];
  print.line();
  print.line(`${print.paint(symbol, hue)} ${print.paint(oneLine(workflow.name), 'bold')}  ${word}`);
  print.table(
    workflow.runs.map((run) => runRow(print, run)),
    '    ',
  );
  for (const line of [...detail(workflow, answer), ...pauseLines(workflow, answer)]) print.line(`    ${line}`);
  const { term } = workflow;
  if (term !== null) {
    print.line(`    ${oneLine(term.at)}  ${print.paint(oneLine(term.text, 300), 'cyan')}  is false`);
    print.table(
      term.values.map(({ path, shown }): Cell[] => [oneLine(path), `= ${oneLine(shown)}`]),
      '      ',
    );
  }
}

function* detail(workflow: WorkflowView, { event, config }: WhyAnswer): Generator<string> {
  const { verdict } = workflow;
  if (verdict === 'taken' && workflow.runs.length === 0) yield 'Its run is no longer kept.';
  if (verdict === 'unique') yield holderLine(workflow);
  if (verdict === 'not-run') {
    yield config?.certain === true
      ? 'It could not be matched then; the log says why.'
      : 'The file has probably changed since the event was matched.';
    yield `Run it now: hookline replay ${event.id} --workflow ${oneLine(workflow.name)}`;
  }
  if (verdict === 'other-event') yield `${oneLine(workflow.at ?? '')}  on: ${oneLine(workflow.on.join(', '))}`;
  if (verdict === 'false' && workflow.term === null) yield `${oneLine(workflow.at ?? '')}  its if is false as a whole`;
}

function holderLine({ unique, holder }: WorkflowView): string {
  const value = `Its unique is ${oneLine(unique ?? '')}, and another run already had that value`;
  if (holder === null) return `${value}; that run is no longer kept.`;
  return `${value}: ${holder.run} of event ${holder.event} (${holder.status}).`;
}

function* pauseLines({ name, runs, pausedSince }: WorkflowView, { connections }: WhyAnswer): Generator<string> {
  const open = runs.filter(({ endedAt }) => endedAt === null);
  if (pausedSince !== null && open.length > 0)
    yield `The workflow is paused since ${pausedSince}; go on with: hookline resume --workflow ${oneLine(name)}`;
  const lanes = new Set(open.map(({ connection }) => connection));
  for (const { name: connection, status, reason, until } of connections.filter((one) => lanes.has(one.name))) {
    const shown = oneLine(connection);
    if (status === 'open')
      yield `Connection "${shown}" is down and left alone${until === null ? '' : ` until ${until}`}.`;
    else if (reason === 'credentials')
      yield `Connection "${shown}" is paused, its credentials are refused; mend them, then: hookline resume ${shown}`;
    else yield `Connection "${shown}" is paused; go on with: hookline resume ${shown}`;
  }
}

function runRow(print: Printer, run: RunView): Cell[] {
  const due =
    run.status === 'waiting' && run.dueAt !== null ? `next try ${relative(Date.parse(run.dueAt), print.now)}` : '';
  const error = run.error === null ? '' : oneLine(run.error.message, 120);
  return [
    mark(run.status),
    statusWord(run.status, run.reason),
    run.replay === 0 ? '' : `replay ${run.replay}`,
    run.id,
    run.status === 'held' ? `what to do: hookline runs ${run.id}` : due || error,
  ];
}

function showDeliveries(print: Printer, { deliveries }: WhyAnswer): void {
  const again = deliveries.items.filter(({ status }) => status === 'duplicate');
  if (again.length === 0) return;
  const count = `${again.length}${deliveries.next === null ? '' : ' or more'}`;
  print.line();
  print.line(`It was delivered again ${count} ${again.length === 1 ? 'time' : 'times'}; a repeat starts no run.`);
  print.table(
    again.map((one): Cell[] => [
      mark('duplicate'),
      print.when(one.receivedAt),
      one.id,
      one.body === null ? '' : 'with another body, which was not used',
    ]),
    '  ',
  );
}
