// The ids of a workflow's steps, what each waits for, and which are done when it begins.

import { child, textOf, type MapNode, type Node } from './node.ts';
import type { Report } from './report.ts';
import { nearest } from './suggest.ts';

export interface OrderedStep {
  readonly node: MapNode;
  readonly id: string;
  readonly needs: readonly string[];
}

export interface Order {
  readonly steps: readonly OrderedStep[];
  readonly ids: readonly string[];
  /** Ids of the steps that are done when a step begins. */
  before(id: string): ReadonlySet<string>;
}

export function orderSteps(nodes: readonly Node[], report: Report): Order {
  const named = nodes.flatMap((node) => {
    const id = node.kind === 'map' ? idOf(node) : undefined;
    return node.kind === 'map' && id !== undefined ? [{ node, id }] : [];
  });
  const ids = named.map((step) => step.id);
  const first = new Map<string, MapNode>();
  for (const { node, id } of named) {
    const other = first.get(id);
    if (other === undefined) first.set(id, node);
    else reportDuplicate(id, node, other, report);
  }
  const steps = named.map(({ node, id }, index) => ({ node, id, needs: needsOf(node, id, ids, index, report) }));
  return { steps, ids, before: findBefore(steps, report) };
}

function idOf(node: MapNode): string | undefined {
  const given = textOf(child(node, 'id'));
  if (given !== undefined && given !== '') return given;
  const uses = textOf(child(node, 'uses'));
  return uses === undefined ? undefined : uses.slice(uses.indexOf('.') + 1);
}

function reportDuplicate(id: string, node: MapNode, other: MapNode, report: Report): void {
  const given = child(node, 'id');
  const { line } = report.source.place(other.offset);
  const message = `step "${id}" is already there on line ${line}`;
  const hint =
    given === undefined
      ? 'Give this one an "id" of its own; without one it is named after its action.'
      : 'Give one of them another id.';
  report.error('step.duplicate-id', given ?? child(node, 'uses') ?? node, message, hint);
}

function needsOf(node: MapNode, id: string, ids: readonly string[], index: number, report: Report): string[] {
  const given = child(node, 'needs');
  if (given?.kind !== 'list') return ids.slice(0, index).filter((other) => other !== id);
  return given.items.flatMap((item) => {
    const name = textOf(item);
    if (name === undefined) return [];
    if (name === id) {
      report.error('step.needs-cycle', item, `step "${id}" waits for itself`, 'Remove it from "needs".');
      return [];
    }
    if (ids.includes(name)) return [name];
    const near = nearest(
      name,
      ids.filter((other) => other !== id),
    );
    const others = ids.filter((other) => other !== id).join(', ');
    const all = others === '' ? 'This workflow has no other step.' : `Steps of this workflow: ${others}.`;
    const hint = near === undefined ? all : `Did you mean "${near}"?`;
    report.error('step.needs-unknown', item, `step "${id}" needs "${name}", which does not exist`, hint);
    return [];
  });
}

/** Follows `needs` to the end. A circle is reported once, at the step where it closes. */
function findBefore(steps: readonly OrderedStep[], report: Report): Order['before'] {
  const byId = new Map(steps.map((step) => [step.id, step]));
  const known = new Map<string, ReadonlySet<string>>();
  const visit = (step: OrderedStep, path: readonly string[]): ReadonlySet<string> => {
    const done = known.get(step.id);
    if (done !== undefined) return done;
    const before = new Set<string>();
    for (const id of step.needs) {
      const at = path.indexOf(id);
      if (at !== -1) {
        reportCircle(step, [...path.slice(at), id], report);
        continue;
      }
      const next = byId.get(id);
      if (next === undefined) continue;
      before.add(id);
      for (const earlier of visit(next, [...path, id])) before.add(earlier);
    }
    known.set(step.id, before);
    return before;
  };
  for (const step of steps) visit(step, [step.id]);
  return (id) => known.get(id) ?? new Set();
}

function reportCircle(step: OrderedStep, circle: readonly string[], report: Report): void {
  const node = child(step.node, 'needs') ?? step.node;
  const message = `steps wait for each other: ${circle.map((id) => `"${id}"`).join(' needs ')}`;
  report.error(
    'step.needs-cycle',
    node.kind === 'map' ? { ...node, end: node.offset } : node,
    message,
    'A step without "needs" waits for all steps above it.',
  );
}
