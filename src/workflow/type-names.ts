// The types of what expressions read: the event that a workflow takes, the run, `env`, and the steps that are done.

import type { CheckedFile, CheckedStep, CheckedWorkflow, ReadingStep } from './checked.ts';
import { conjuncts } from './expression/evaluate.ts';
import { typeOfData, typeOfSchema } from './expression/schema-types.ts';
import { literal, nothing, number, objectOf, text, union, type Shape, type Type } from './expression/types.ts';
import { alertConfig } from './alerts.ts';
import { matchesGlob, matchesSource, type EventPattern } from './glob.ts';

/** A name that is not there has a problem of its own. */
export function typeOfEnv({ env }: CheckedFile): Type {
  return objectOf(
    Object.entries(env).map(([name, value]) => [name, typeOfData(value)] as const),
    'any',
  );
}

export const typeOfRun: Type = objectOf([
  ['id', text],
  ['startedAt', text],
  ['replay', number],
]);

/** One shape for each type of event that a workflow takes. */
export function typeOfEvent(on: readonly EventPattern[], sources: CheckedFile['sources']): Type {
  const shapes = new Map<string, Type>();
  for (const pattern of on) {
    for (const source of [alertConfig, ...sources].filter(({ name }) => matchesSource(pattern.source, name))) {
      for (const type of typesOf(pattern, source)) {
        const key = `${source.name}\0${type}`;
        shapes.set(key, shapes.get(key) ?? eventOf(type, source, pattern.type.includes('*')));
      }
    }
  }
  return shapes.size === 0 ? 'any' : union(...shapes.values());
}

type EventSource = Pick<CheckedFile['sources'][number], 'name' | 'source' | 'catalogue'>;

/** A pattern that is no glob is a type itself, in the catalogue or not. */
function typesOf(pattern: EventPattern, { catalogue }: EventSource): readonly string[] {
  if (!pattern.type.includes('*')) return [pattern.type];
  return catalogue.types.filter((type) => matchesGlob(pattern.type, type));
}

/** `isGlob`: other types may come too. */
function eventOf(type: string, { name, source, catalogue }: EventSource, isGlob: boolean): Type {
  const data = catalogue.schema(type);
  const definition = Object.hasOwn(source.events, type) ? source.events[type] : undefined;
  const isOwn = definition !== undefined && definition.data === data;
  return objectOf([
    ['id', text],
    ['type', literal(type, isGlob)],
    ['source', literal(name, isGlob)],
    ['time', union(text, nothing)],
    ['receivedAt', text],
    ['data', typeOfSchema(data)],
    ['body', isOwn ? typeOfSchema(definition.body) : 'any'],
  ]);
}

/** The steps that are done when a step begins; of those that could not be checked nothing is known. */
export function typeOfSteps(step: ReadingStep, workflow: CheckedWorkflow): Type {
  const before = stepsBefore(step, workflow);
  return objectOf(
    before.map((other) => [other.id, typeOfStep(other, step)] as const),
    'any',
  );
}

function stepsBefore(step: ReadingStep, { steps }: CheckedWorkflow): CheckedStep[] {
  const found = new Set<string>();
  const open = [...step.needs];
  for (let id = open.pop(); id !== undefined; id = open.pop()) {
    if (found.has(id)) continue;
    found.add(id);
    open.push(...(steps.find((other) => other.id === id)?.needs ?? []));
  }
  return steps.filter(({ id }) => found.has(id) && id !== step.id);
}

/** One shape for each way that a step may have ended when another begins. */
function typeOfStep(step: CheckedStep, reader: ReadingStep): Type {
  const ended = (status: string, output: Type) =>
    objectOf([
      ['status', [{ kind: 'text', values: [status], declared: endings } satisfies Shape]],
      ['output', output],
    ]);
  const none = (why: string): Type => [{ kind: 'missing', why: `step "${step.id}" ${why}` }];
  const shapes = [ended('succeeded', typeOfSchema(step.action.output))];
  if (step.condition !== undefined && !holdsWith(step, reader)) shapes.push(ended('skipped', none('may be skipped')));
  if (step.onError === 'continue') shapes.push(ended('failed', none('may fail without stopping the run')));
  return union(...shapes);
}

const endings = ['succeeded', 'failed', 'skipped'];

/** Whether a step cannot be skipped by its `if` when another runs, because that other's `if` says the same. */
function holdsWith(step: CheckedStep, reader: ReadingStep): boolean {
  if (step.condition === undefined || reader.condition === undefined) return false;
  const told = new Set(termsOf(reader.condition.expression));
  return termsOf(step.condition.expression).every((term) => told.has(term));
}

function termsOf(expression: Parameters<typeof conjuncts>[0]): string[] {
  return conjuncts(expression).map(({ start, end }) => expression.source.slice(start, end));
}
