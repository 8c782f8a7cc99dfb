// Warns of texts that look like expressions and would be sent as they are: other brackets than "${{ }}", or none.

import type { CheckedFile } from './checked.ts';
import type { Report } from './report.ts';
import { holderOf, spanIn, type Holder, type Value } from './value.ts';

const roots = '(?:event|steps|run|env|secrets)';
/** `{{ event.id }}` and `${ event.id }`. */
const bracketed = new RegExp(`(?:(?<!\\$)\\{\\{|\\$\\{)\\s*(${roots}[.[][^{}]*?)\\s*\\}\\}?`, 'g');
/** The whole of a text. */
const bare = new RegExp(`^(${roots}(?:\\??\\.[A-Za-z_]\\w*|\\[(?:\\d+|"[^"]*"|'[^']*')\\])+)$`, 'g');

export function warnLiterals({ sources, connections, workflows }: CheckedFile, report: Report): void {
  for (const { secrets, settings } of sources) {
    for (const value of [...secrets, settings]) warnValue(value, report);
  }
  for (const { settings } of connections) warnValue(settings, report);
  for (const { input } of workflows.flatMap(({ steps }) => steps)) warnValue(input, report);
}

function warnValue(value: Value | undefined, report: Report): void {
  switch (value?.kind) {
    case 'list':
      for (const item of value.items) warnValue(item, report);
      return;
    case 'map':
      for (const item of value.entries.values()) warnValue(item, report);
      return;
    case 'literal': {
      const { node } = value;
      if (typeof node.value !== 'string') return;
      const holder = holderOf(node, node.value);
      warnText(node.value, 0, bracketed, holder, report);
      warnText(node.value, 0, bare, holder, report);
      return;
    }
    case 'text': {
      let end = 0;
      for (const part of value.template.parts) {
        if (typeof part !== 'string') end = part.offset + part.expression.source.length;
        else warnText(part, value.holder.value.indexOf(part, end), bracketed, value.holder, report);
      }
      return;
    }
    default:
  }
}

function warnText(text: string, start: number, pattern: RegExp, holder: Holder, report: Report): void {
  for (const { 0: found, 1: meant, index } of text.matchAll(pattern)) {
    const span = spanIn(report.source, holder, start + index, found.length);
    const message = `"${found}" is text, and is used as it stands here`;
    report.warning('expression.not-marked', span, message, `Write "\${{ ${meant} }}" for its value.`);
  }
}
