// What a workflow text that is only looked at would do: its problems, and what it would make of an event. Nothing is sent.

import type { Settings } from '../core/settings.ts';
import type { Catalog, EventScope, Explanation, Workflows } from '../workflow/compile.ts';
import { loadWorkflows } from '../workflow/load.ts';
import type { Problem } from '../workflow/problem.ts';
import { dryRun, type DryStep } from './dry-run.ts';

export interface Checked {
  readonly problems: readonly Problem[];
  /** Names of its workflows; empty when it has errors. */
  readonly workflows: readonly string[];
}

export interface TriedStep {
  readonly id: string;
  readonly connection: string;
  readonly action: string;
  readonly is: DryStep['is'];
  readonly input: unknown;
  /** Why it is skipped, or cannot be rendered. */
  readonly note: string | null;
  /** `file:line:column` of what failed. */
  readonly at: string | null;
  /** Steps whose outputs it reads: those are placeholders. */
  readonly reads: readonly string[];
}

export interface TriedWorkflow {
  readonly name: string;
  readonly verdict: 'taken' | 'fails' | 'other-event' | 'false';
  readonly on: readonly string[];
  /** Of `false`: the first false term. Of `fails`: what the `if` or `unique` threw. */
  readonly term: { readonly text: string; readonly at: string; readonly values: Explained } | null;
  readonly steps: readonly TriedStep[];
}

type Explained = readonly { readonly path: string; readonly shown: string }[];

export interface TriedText extends Checked {
  readonly tried: readonly TriedWorkflow[];
}

/** What passes between the threads. */
export type Asked =
  | { readonly verb: 'check'; readonly text: string }
  | { readonly verb: 'complete'; readonly text: string; readonly offset: number }
  | { readonly verb: 'try'; readonly text: string; readonly event: EventScope };
export type PlaygroundCall = Asked & { readonly id: number; readonly now: number };
export interface PlaygroundAnswer {
  readonly id: number;
  readonly value: unknown;
}

export interface LookParts {
  readonly catalog: Catalog;
  readonly settings: Settings;
  readonly now: number;
}

const file = 'workflows.yaml';

export async function checkText(text: string, { catalog }: LookParts): Promise<Checked> {
  const { workflows, problems } = await loadWorkflows({ file, text }, catalog);
  return { problems, workflows: [...(workflows?.workflows.keys() ?? [])] };
}

export async function tryText(text: string, event: EventScope, parts: LookParts): Promise<TriedText> {
  const { workflows, problems } = await loadWorkflows({ file, text }, parts.catalog);
  const names = [...(workflows?.workflows.keys() ?? [])];
  return { problems, workflows: names, tried: workflows === null ? [] : tryAll(workflows, event, parts) };
}

function tryAll(workflows: Workflows, event: EventScope, parts: LookParts): readonly TriedWorkflow[] {
  return (workflows.explain?.(event) ?? []).map((one) => {
    const view = viewOf(one);
    if (one.is !== 'taken' || one.match.failure !== undefined) return view;
    const { settings, now } = parts;
    return { ...view, steps: dryRun({ workflow: one.workflow, event, settings, now }).map(viewStep) };
  });
}

function viewOf(one: Explanation): TriedWorkflow {
  const { name } = one.workflow;
  const view = { name, on: one.workflow.on, term: null, steps: [] };
  if (one.is === 'other-event') return { ...view, verdict: 'other-event' };
  if (one.is === 'false') {
    const { term } = one;
    if (term === null) return { ...view, verdict: 'false' };
    return { ...view, verdict: 'false', term: { text: term.text, at: placeOf(term.at), values: term.values } };
  }
  const { failure } = one.match;
  if (failure === undefined) return { ...view, verdict: 'taken' };
  return { ...view, verdict: 'fails', term: { text: failure.message, at: placeOf(failure.at), values: [] } };
}

function viewStep({ step, is, input, failure, note, reads }: DryStep): TriedStep {
  return {
    id: step.id,
    connection: step.connection,
    action: `${step.connector.name}.${step.actionName}`,
    is,
    input,
    note: failure?.message ?? note ?? null,
    at: failure === undefined ? null : placeOf(failure.at),
    reads,
  };
}

function placeOf({
  file: name,
  line,
  column,
}: {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}) {
  return `${name}:${line}:${column}`;
}
