// What another workflow file would do differently with the same events: who takes them, what is sent, what fails. Pure.

import type { Settings } from '../core/settings.ts';
import type { EventScope, Explanation, ExpressionFailure, Match, Workflows } from '../workflow/compile.ts';
import { differences } from './difference.ts';
import { dryRun, type DryStep } from './dry-run.ts';

/** How many events, and the first of them that was looked at. */
export interface Tally {
  count: number;
  readonly example: string;
}

export interface Change extends Tally {
  /** `steps.tell.input.subject`, `steps.tell` when the step runs at all, `steps.tell.uses`, `unique`. */
  readonly path: string;
  /** Of the example; undefined where there is none. */
  readonly before: unknown;
  readonly after: unknown;
}

export interface NewError extends Tally {
  /** Null: the `if` or `unique` of the workflow. */
  readonly step: string | null;
  readonly failure: ExpressionFailure;
  /** False: it depends on outputs that nobody has yet. */
  readonly certain: boolean;
}

export interface ComparedWorkflow {
  readonly name: string;
  /** Events it takes now and did not. */
  taken: Tally | null;
  /** Events it took and would not; why, for the example. */
  lost: (Tally & { readonly why: Explanation | undefined }) | null;
  readonly changes: readonly Change[];
  /** Changes beyond those that are listed. */
  moreChanges: number;
  readonly errors: readonly NewError[];
}

export interface Calls {
  readonly connection: string;
  readonly before: number;
  readonly after: number;
}

export interface Compared {
  readonly events: number;
  /** Only those with a difference: in the order of the new file, then those that are gone. */
  readonly workflows: readonly ComparedWorkflow[];
  /** By connection; an event whose `unique` value came before calls nothing. */
  readonly calls: readonly Calls[];
}

export interface Comparison {
  /** The event as the expressions of each file read it. */
  add(before: EventScope, after: EventScope): void;
  result(): Compared;
}

export interface Compare {
  readonly before: Workflows;
  readonly after: Workflows;
  readonly settings: Settings;
  /** Only this workflow. */
  readonly only?: string | undefined;
}

/** Most changes that are listed of one workflow. */
const mostChanges = 100;

export function createComparison({ before, after, settings, only }: Compare): Comparison {
  const found = new Map<string, Found>();
  const sides = { before: createSide(settings, only), after: createSide(settings, only) };
  let events = 0;
  return {
    add: (eventBefore, eventAfter) => {
      events += 1;
      const was = sides.before.run(before, eventBefore);
      const now = sides.after.run(after, eventAfter);
      for (const name of new Set([...was.keys(), ...now.keys()])) {
        const one = found.get(name) ?? createFound();
        found.set(name, one);
        const [old, next] = [was.get(name), now.get(name)];
        if (old === undefined) one.taken = tally(one.taken, eventAfter.id);
        if (next === undefined) one.lost = lose(one.lost, after, eventAfter, name);
        else addErrors(one, eventAfter.id, old, next);
        if (old !== undefined && next !== undefined) addChanges(one, eventAfter.id, old, next);
      }
    },
    result: () => ({
      events,
      workflows: [...new Set([...after.workflows.keys(), ...found.keys()])].flatMap((name) => {
        const one = found.get(name);
        return one === undefined || isSame(one) ? [] : [view(name, one)];
      }),
      calls: callsOf(sides.before.calls, sides.after.calls),
    }),
  };
}

interface Outcome {
  readonly match: Match;
  readonly steps: readonly DryStep[];
}

interface Found {
  taken: Tally | null;
  lost: ComparedWorkflow['lost'];
  readonly changes: Map<string, Change>;
  moreChanges: number;
  readonly errors: Map<string, NewError>;
}

function createFound(): Found {
  return { taken: null, lost: null, changes: new Map(), moreChanges: 0, errors: new Map() };
}

function isSame({ taken, lost, changes, errors }: Found): boolean {
  return taken === null && lost === null && changes.size === 0 && errors.size === 0;
}

function view(name: string, { changes, errors, ...rest }: Found): ComparedWorkflow {
  return { name, ...rest, changes: [...changes.values()], errors: [...errors.values()] };
}

/** One of the two files: its dry runs, and what they would call. */
function createSide(settings: Settings, only: string | undefined) {
  const calls = new Map<string, number>();
  const seen = new Set<string>();
  const count = ({ match, steps }: Outcome) => {
    const key = match.unique === null ? undefined : `${match.workflow.name}\0${match.unique}`;
    if (key !== undefined && seen.has(key)) return;
    if (key !== undefined) seen.add(key);
    for (const { step, is } of steps) {
      if (is === 'calls' || is === 'open') calls.set(step.connection, (calls.get(step.connection) ?? 0) + 1);
    }
  };
  return {
    calls,
    run: (workflows: Workflows, event: EventScope): ReadonlyMap<string, Outcome> => {
      const outcomes = new Map<string, Outcome>();
      const now = Date.parse(event.receivedAt);
      for (const match of workflows.match(event)) {
        const { workflow, failure } = match;
        if (only !== undefined && workflow.name !== only) continue;
        const outcome = { match, steps: failure ? [] : dryRun({ workflow, event, settings, now }) };
        outcomes.set(workflow.name, outcome);
        count(outcome);
      }
      return outcomes;
    },
  };
}

function tally(before: Tally | null, event: string): Tally {
  if (before === null) return { count: 1, example: event };
  before.count += 1;
  return before;
}

function lose(before: Found['lost'], after: Workflows, event: EventScope, name: string): Found['lost'] {
  if (before === null) {
    const why = after.explain?.(event).find(({ workflow }) => workflow.name === name);
    return { count: 1, example: event.id, why };
  }
  before.count += 1;
  return before;
}

function addErrors({ errors }: Found, event: string, old: Outcome | undefined, next: Outcome): void {
  const add = (step: string | null, failure: ExpressionFailure | undefined, certain: boolean) => {
    if (failure === undefined) return;
    const { file, line, column } = failure.at;
    const key = `${step ?? ''}\0${file}:${line}:${column}\0${certain}`;
    const known = errors.get(key);
    if (known === undefined) errors.set(key, { step, failure, certain, count: 1, example: event });
    else known.count += 1;
  };
  if (old?.match.failure === undefined) add(null, next.match.failure, true);
  for (const { step, is, failure } of next.steps) {
    const before = old?.steps.find((other) => other.step.id === step.id)?.is;
    if (before !== is && before !== 'fails') add(step.id, failure, is === 'fails');
  }
}

function addChanges(found: Found, event: string, old: Outcome, next: Outcome): void {
  const add = (path: string, before: unknown, after: unknown) => {
    const known = found.changes.get(path);
    if (known !== undefined) known.count += 1;
    else if (found.changes.size === mostChanges) found.moreChanges += 1;
    else found.changes.set(path, { path, before, after, count: 1, example: event });
  };
  if (old.match.unique !== next.match.unique)
    add('unique', old.match.unique ?? undefined, next.match.unique ?? undefined);
  // Whether an `if` fails is told by the errors; then there are no steps to compare.
  if (old.match.failure !== undefined && next.match.failure === undefined) add('if', 'fails', 'can be evaluated');
  if (old.match.failure !== undefined || next.match.failure !== undefined) return;
  for (const id of new Set([...old.steps, ...next.steps].map(({ step }) => step.id))) {
    const [was, now] = [old, next].map(({ steps }) => steps.find(({ step }) => step.id === id));
    const path = `steps.${id}`;
    if (was === undefined || now === undefined || fate(was) !== fate(now)) {
      // A step that fails now is told by the errors.
      if (now?.is !== 'fails') add(path, was && fate(was), now && fate(now));
      continue;
    }
    if (uses(was) !== uses(now)) add(`${path}.uses`, uses(was), uses(now));
    for (const { path: field, before, after } of differences(was.input, now.input)) {
      add(`${path}.input${field === '' || field.startsWith('[') ? '' : '.'}${field}`, before, after);
    }
  }
}

function fate({ is }: DryStep): 'is called' | 'is skipped' | 'fails' {
  if (is === 'skipped') return 'is skipped';
  return is === 'fails' ? 'fails' : 'is called';
}

function uses({ step }: DryStep): string {
  return `${step.connection}.${step.actionName}`;
}

function callsOf(before: ReadonlyMap<string, number>, after: ReadonlyMap<string, number>): readonly Calls[] {
  return [...new Set([...after.keys(), ...before.keys()])].map((connection) => ({
    connection,
    before: before.get(connection) ?? 0,
    after: after.get(connection) ?? 0,
  }));
}
