// Settings of sources and connections: filled in with secrets when they are needed, never before.

import { HostError } from '../core/errors.ts';
import { createBudget, ExpressionError } from './expression/evaluate.ts';
import { compileTemplate } from './expression/template.ts';
import type { SourceText } from './place.ts';
import { secretsIn } from './references.ts';
import { spanIn, type Value } from './value.ts';

/** Gives the settings for a reader of secrets. Throws what the reader throws, and `input.invalid` with the place. */
export function compileSettings(
  value: Value | undefined,
  env: Readonly<Record<string, unknown>>,
  source: SourceText,
): (secret: (name: string) => string) => unknown {
  const fill = value === undefined ? () => ({}) : compileValue(value, source);
  return (secret) => fill({ env, secret });
}

interface Filling {
  readonly env: Readonly<Record<string, unknown>>;
  readonly secret: (name: string) => string;
}

type Fill = (filling: Filling) => unknown;

function compileValue(value: Value, source: SourceText): Fill {
  switch (value.kind) {
    case 'literal':
      return () => value.node.value;
    case 'list': {
      const items = value.items.map((item) => compileValue(item, source));
      return (filling) => items.map((item) => item(filling));
    }
    case 'map': {
      const entries = [...value.entries].map(([key, item]) => [key, compileValue(item, source)] as const);
      return (filling) =>
        Object.fromEntries(entries.map(([key, item]) => [key, item(filling)]).filter(([, item]) => item !== undefined));
    }
    case 'unknown':
      return () => undefined;
    default:
      return compileExpressions(value, source);
  }
}

function compileExpressions(value: Value & { kind: 'expression' | 'text' }, source: SourceText): Fill {
  const evaluate = compileTemplate(value.template);
  const names = value.template.parts.flatMap((part) => (typeof part === 'string' ? [] : secretsIn(part.expression)));
  return ({ env, secret }) => {
    try {
      const secrets = Object.fromEntries(names.map((name) => [name, secret(name)]));
      return evaluate({ env, secrets }, createBudget());
    } catch (error) {
      if (!(error instanceof ExpressionError)) throw error;
      const { file, line, column } = source.place(spanIn(source, value.holder, error.offset, 1).offset);
      const what = `"${value.node.path}" cannot be filled in at ${file}:${line}:${column}, because an expression fails`;
      // The error itself may quote the secret.
      throw new HostError('input.invalid', { what });
    }
  };
}
