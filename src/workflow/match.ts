// Which workflows take an event: an index by source, type and one equality term finds few candidates, each is then evaluated in full.

import type { Evaluated, EventScope, Match, Workflow } from './compile.ts';
import type { Expression } from './expression/ast.ts';
import { compileExpression, createBudget, ExpressionError, type Scope } from './expression/evaluate.ts';
import { matchesGlob, matchesSource, type EventPattern } from './glob.ts';
import { termsOf, type Key, type Term } from './index-terms.ts';

/** A workflow as the matcher sees it. */
export interface Candidate {
  readonly workflow: Workflow;
  readonly on: readonly EventPattern[];
  /** Source of `if`; undefined without one. */
  readonly condition: Expression | undefined;
  /** True without an `if`. */
  holds(scope: Scope): Evaluated<boolean>;
  /** Value of `unique` as text; null without one, or when it is missing. */
  unique(scope: Scope): Evaluated<string | null>;
}

/** What the `on` of a workflow speaks of. */
type Kind = Pick<EventScope, 'source' | 'type'>;

export interface Matcher {
  /** In the order of the candidates. */
  match(event: EventScope): readonly Match[];
  /** False: no workflow takes an event of this source and type, whatever it holds. */
  wants(kind: Kind): boolean;
}

/** Pairs of source and type that are remembered; an unknown type costs one look at every workflow. */
const mostGroups = 1000;

/** `env`: the literals of the file. */
export function createMatcher(candidates: readonly Candidate[], env: Readonly<Record<string, unknown>>): Matcher {
  const groups = new Map<string, Group>();
  const terms = candidates.map(({ condition }) => (condition === undefined ? [] : termsOf(condition)));
  const groupOf = (event: Kind): Group => {
    const key = `${event.source}\0${event.type}`;
    const known = groups.get(key);
    if (known !== undefined) return known;
    const taken = [...candidates.keys()].filter((index) => takes(candidates[index], event));
    const group = createGroup(taken, terms);
    if (groups.size >= mostGroups) groups.clear();
    groups.set(key, group);
    return group;
  };
  return {
    match: (event) => {
      const scope = { event, env };
      return groupOf(event)
        .find(scope)
        .flatMap((index) => evaluate(candidates[index], scope) ?? []);
    },
    wants: (kind) => groupOf(kind).size > 0,
  };
}

/** Whether the `on` of a workflow names the event. */
export function takes(candidate: Pick<Candidate, 'on'> | undefined, event: Kind): boolean {
  return (
    candidate?.on.some((on) => matchesSource(on.source, event.source) && matchesGlob(on.type, event.type)) === true
  );
}

function evaluate(candidate: Candidate | undefined, scope: Scope): Match | undefined {
  if (candidate === undefined) return undefined;
  const { workflow } = candidate;
  const holds = candidate.holds(scope);
  if (!holds.ok) return { workflow, unique: null, failure: holds.failure };
  if (!holds.value) return undefined;
  const unique = candidate.unique(scope);
  return unique.ok ? { workflow, unique: unique.value } : { workflow, unique: null, failure: unique.failure };
}

/** The workflows that take one type of event of one source. */
interface Group {
  readonly size: number;
  /** Positions of those that may hold, in order: all that do, and few that do not. */
  find(scope: Scope): readonly number[];
}

interface Path {
  read(scope: Scope): unknown;
  readonly byValue: Map<Key, number[]>;
  /** Those whose term may be an error for a value that is no key. */
  readonly partial: number[];
  readonly all: number[];
}

function createGroup(taken: readonly number[], terms: readonly (readonly Term[])[]): Group {
  const counts = countValues(taken, terms);
  const always: number[] = [];
  const paths = new Map<string, Path>();
  for (const index of taken) {
    const term = mostSelective(terms[index] ?? [], counts);
    if (term === undefined) always.push(index);
    else addTo(paths, term, index);
  }
  return {
    size: taken.length,
    find: (scope) => {
      if (paths.size === 0) return always;
      const found = [...always];
      for (const path of paths.values()) found.push(...lookUp(path, scope));
      return found.sort((a, b) => a - b);
    },
  };
}

function addTo(paths: Map<string, Path>, term: Term, index: number): void {
  let path = paths.get(term.path);
  if (path === undefined) {
    const read = compileExpression(term.expression);
    path = { read: (scope) => read(scope, createBudget()), byValue: new Map(), partial: [], all: [] };
    paths.set(term.path, path);
  }
  path.all.push(index);
  if (!term.total) path.partial.push(index);
  for (const value of term.values) {
    const bucket = path.byValue.get(value);
    if (bucket === undefined) path.byValue.set(value, [index]);
    else bucket.push(index);
  }
}

function lookUp(path: Path, scope: Scope): readonly number[] {
  try {
    const value = path.read(scope);
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') {
      return path.byValue.get(value) ?? [];
    }
    return path.partial;
  } catch (error) {
    if (error instanceof ExpressionError) return path.all;
    throw error;
  }
}

type Counts = ReadonlyMap<string, ReadonlyMap<Key, number>>;

function countValues(taken: readonly number[], terms: readonly (readonly Term[])[]): Counts {
  const counts = new Map<string, Map<Key, number>>();
  for (const term of taken.flatMap((index) => terms[index] ?? [])) {
    const values = counts.get(term.path) ?? new Map<Key, number>();
    counts.set(term.path, values);
    for (const value of term.values) values.set(value, (values.get(value) ?? 0) + 1);
  }
  return counts;
}

/** The term whose values the fewest workflows share. */
function mostSelective(terms: readonly Term[], counts: Counts): Term | undefined {
  let best: Term | undefined;
  let least = Infinity;
  for (const term of terms) {
    const shared = term.values.reduce<number>((sum, value) => sum + (counts.get(term.path)?.get(value) ?? 0), 0);
    if (shared < least) [best, least] = [term, shared];
  }
  return best;
}
