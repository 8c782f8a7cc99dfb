// Settings as far as the file alone gives them: what reads a secret is left out.

import { compileTemplate } from './expression/template.ts';
import { createBudget } from './expression/evaluate.ts';
import type { Template } from './expression/template.ts';
import type { Value } from './value.ts';

export function plainValue(value: Value | undefined, env: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const plain = value === undefined ? {} : plainOf(value, env);
  return plain !== null && typeof plain === 'object' ? (plain as Record<string, unknown>) : {};
}

function plainOf(value: Value, env: Readonly<Record<string, unknown>>): unknown {
  switch (value.kind) {
    case 'literal':
      return value.node.value;
    case 'list':
      return value.items.map((item) => plainOf(item, env)).filter((item) => item !== undefined);
    case 'map': {
      const entries = [...value.entries].map(([key, item]) => [key, plainOf(item, env)] as const);
      return Object.fromEntries(entries.filter(([, item]) => item !== undefined));
    }
    case 'unknown':
      return undefined;
    default:
      return readsSecret(value.template) ? undefined : evaluated(value.template, env);
  }
}

/** The value of a text whose expressions read nothing but `env`; undefined for any other. */
export function valueFromFile(template: Template, env: Readonly<Record<string, unknown>>): unknown {
  const isKnown = template.parts.every(
    (part) => typeof part === 'string' || [...part.expression.names].every((name) => name === 'env'),
  );
  return isKnown ? evaluated(template, env) : undefined;
}

function readsSecret(template: Template): boolean {
  return template.parts.some((part) => typeof part !== 'string' && part.expression.names.has('secrets'));
}

function evaluated(template: Template, env: Readonly<Record<string, unknown>>): unknown {
  try {
    return compileTemplate(template)({ env }, createBudget());
  } catch {
    return undefined;
  }
}
