// Faults of a validated value → problems at the place of the key or value that is meant.

import { nodeAt, type Node, type ScalarNode } from './node.ts';
import type { Report, Span } from './report.ts';
import { reservedWords } from './schema.ts';
import { quoted } from './traps.ts';
import type { Fault } from './fault.ts';

/** `owner`: where a key is missing when the value as a whole lacks it. `subject` begins every message. */
export function reportFaults(faults: readonly Fault[], root: Node, owner: Span, report: Report, subject: string): void {
  for (const fault of faults) {
    const { node, key, found } = nodeAt(root, fault.path);
    if (node.kind === 'broken') continue;
    const span = fault.onKey ? (key ?? (fault.path.length === 0 ? owner : node)) : node;
    const word = fault.path.at(-1) ?? '';
    if (
      fault.code === 'value.unknown-key' &&
      found &&
      reservedWords.has(word) &&
      fault.hint?.startsWith('Did') !== true
    ) {
      report.error(
        'value.reserved',
        span,
        `${subject}"${word}" is reserved for a later version and does nothing yet`,
        'Remove it.',
      );
      continue;
    }
    const advice = fault.hint ?? adviseType(fault, node);
    report.error(fault.code, { ...span, end: Math.max(span.end, span.offset) }, `${subject}${fault.message}`, advice);
  }
}

function adviseType(fault: Fault, node: Node): string | undefined {
  const { wanted } = fault;
  if (fault.code === 'value.duration') return 'Write a number and a unit: 30s.';
  if (wanted === undefined) return undefined;
  if (node.kind === 'map' && wanted.includes('string')) return 'Put text with ": " or braces in quotes.';
  if (node.kind !== 'scalar') return undefined;
  if (wanted.includes('string')) return adviseText(node);
  const { value } = node;
  if (typeof value === 'string' && value.includes('${{')) {
    return 'A value keeps its type only when it is one "${{ … }}" and nothing else.';
  }
  if (wanted.includes('array') && value !== null) return `Write it as a list: [${quoted(String(value))}].`;
  const isNumber = typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value));
  if (isNumber && (wanted.includes('number') || wanted.includes('integer'))) return `Remove the quotes: ${value}.`;
  if (wanted.includes('boolean') && (value === 'true' || value === 'false')) return `Remove the quotes: ${value}.`;
  return undefined;
}

function adviseText(node: ScalarNode): string {
  if (node.written === '') return 'Write the text after the colon; a value that begins with "#" needs quotes.';
  return `YAML reads ${node.written} as ${typeof node.value === 'number' ? `the number ${node.value}` : String(node.value)}; put it in quotes: "${node.written}".`;
}
