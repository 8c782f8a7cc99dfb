// Warns of numbers that are not kept as they are written, where text may have been meant.

import type { Schema } from '../plugin/index.ts';
import type { Node } from './node.ts';
import type { Report } from './report.ts';
import { takesText } from './input-schema.ts';

/** `+1555…`, `012` and `3.10` under a schema that takes text as well as numbers. */
export function warnNumbers(node: Node, schema: Schema | boolean | undefined, report: Report): void {
  const known = typeof schema === 'object' ? schema : {};
  if (node.kind === 'scalar') {
    if (node.style !== 'plain' || typeof node.value !== 'number' || String(node.value) === node.written) return;
    if (!takesText(known) || !Number.isFinite(node.value)) return;
    const message = `${node.written} is read as the number ${node.value}`;
    report.warning('yaml.number-text', node, message, `Put it in quotes if it is text: "${node.written}".`);
  } else if (node.kind === 'list') {
    for (const item of node.items) warnNumbers(item, known.items, report);
  } else if (node.kind === 'map') {
    for (const [key, entry] of node.entries) {
      warnNumbers(entry.value, known.properties?.[key] ?? known.additionalProperties, report);
    }
  }
}
