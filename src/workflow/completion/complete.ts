// Completes a workflow file at the cursor: keys and values from the editor schema, names and fields inside expressions.

import type { Catalog } from '../compile.ts';
import { findEditorParts } from '../editor-parts.ts';
import { editorSchema } from '../editor-schema.ts';
import { optionsAt, type Option } from './keys.ts';
import { usesOfWith, whereIs } from './lines.ts';
import { namesAt } from './names.ts';

export interface Completion {
  /** Offset where what is completed begins. */
  readonly from: number;
  readonly options: readonly Option[];
}

/** `offset` in UTF-16 units. Never throws for anything the text holds. */
export async function complete(text: string, offset: number, catalog: Catalog): Promise<Completion> {
  const start = offset === 0 ? 0 : text.lastIndexOf('\n', offset - 1) + 1;
  const line = text.slice(start, offset);
  // The line under the cursor is half written: without it the rest can mostly be read.
  const end = text.indexOf('\n', offset);
  const parts = await findEditorParts(text.slice(0, start) + (end === -1 ? '' : text.slice(end)), catalog);
  const chain = expressionChain(line);
  if (chain !== null) {
    const word = /\w*$/.exec(chain)?.[0] ?? '';
    return { from: offset - word.length, options: namesAt(chain, text, offset, parts) };
  }
  const where = whereIs(text, offset);
  const options = optionsAt(editorSchema(parts), where, usesOfWith(text, offset));
  return { from: offset - where.word.length, options };
}

/** What is typed of a chain of names inside an expression; null outside of one. */
function expressionChain(line: string): string | null {
  const open = line.lastIndexOf('${{');
  const inside = open > line.lastIndexOf('}}') ? line.slice(open + 3) : null;
  const bare = /^\s*(?:- )?(?:if|unique):\s*(.*)$/.exec(line)?.[1] ?? null;
  const expression = inside ?? bare;
  return expression === null ? null : (/[\w.?]*$/.exec(expression)?.[0] ?? '');
}
