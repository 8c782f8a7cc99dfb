// Completion, answered by the server from the same schemas that `check` uses.

import type { CompletionContext, CompletionResult } from '@codemirror/autocomplete';
import type { CompleteAnswer } from '../../api/playground-schema.ts';
import { post } from '../api.ts';

export async function complete(context: CompletionContext): Promise<CompletionResult | null> {
  const word = context.matchBefore(/[\w.-]+/);
  if (word === null && !context.explicit) return null;
  const text = context.state.doc.toString();
  const answer = await post<CompleteAnswer>('/playground/complete', { text, offset: context.pos });
  if (!answer.ok || context.aborted || answer.value.options.length === 0) return null;
  const { from, options } = answer.value;
  return { from, options: options.map((option) => ({ ...option })), validFor: /^[\w-]*$/ };
}
