// Validates a value as it is written: literals now, what expressions give when they are rendered.

import type { Fault } from './fault.ts';
import { unknownText, unknownValue } from './input-schema.ts';
import type { Validate } from './validate.ts';
import type { Value } from './value.ts';

/** Faults of the literals. A value that could not be read has none, and no value at all is an empty map. */
export function validateWritten(value: Value | undefined, validate: Validate): readonly Fault[] {
  if (value === undefined) return validate({});
  return validate(toWritten(value)).filter((fault) => !isOpen(fault, valueAt(value, fault.path)));
}

/** The value as plain data in which marks stand for what expressions give. */
function toWritten(value: Value): unknown {
  switch (value.kind) {
    case 'literal':
      return value.node.value;
    case 'text':
      return `${unknownText}${value.template.text}`;
    case 'list':
      return value.items.map(toWritten);
    case 'map':
      return Object.fromEntries([...value.entries].map(([key, item]) => [key, toWritten(item)]));
    default:
      return unknownValue;
  }
}

/** Of text with expressions only the type is known. */
function isOpen(fault: Fault, value: Value | undefined): boolean {
  if (value?.kind === 'text') return fault.code !== 'value.type';
  return value?.kind === 'expression' || value?.kind === 'unknown';
}

function valueAt(root: Value, path: readonly string[]): Value | undefined {
  let value: Value | undefined = root;
  for (const part of path) {
    if (value?.kind === 'map') value = value.entries.get(part);
    else value = value?.kind === 'list' ? value.items[Number(part)] : undefined;
  }
  return value;
}
