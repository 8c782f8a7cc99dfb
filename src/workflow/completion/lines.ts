// Where the cursor is, read from the indentation alone: a text is completed while it is being typed, and seldom parses.

/** One `key: value` line, or a list item. */
export interface Line {
  /** Column of the key, counted from 0; of `- key:` the column of the key. */
  readonly indent: number;
  /** True for the first line of a list item. */
  readonly item: boolean;
  readonly key: string;
  readonly value: string;
}

export interface Where {
  /** Keys from the top to the map that the cursor stands in; `-` for a list. */
  readonly path: readonly string[];
  /** Set when the cursor stands behind `key:`. */
  readonly key: string | null;
  /** The word being typed, up to the cursor. */
  readonly word: string;
  /** Lines of the same map, around the cursor. */
  readonly beside: readonly Line[];
}

export function whereIs(text: string, offset: number): Where {
  const lines = text.split('\n');
  const before = text.slice(0, offset).split('\n');
  const at = before.length - 1;
  const typed = before[at] ?? '';
  const own = /^(\s*)((?:- )*)(?:([\w.-]+)\s*:(?:\s+|$))?(.*)$/.exec(typed);
  const indent = (own?.[1] ?? '').length + (own?.[2] ?? '').length;
  const key = own?.[3] ?? null;
  const item = (own?.[2] ?? '') !== '';
  return {
    path: pathTo(lines, at, indent, item),
    key,
    word: /[\w.:*-]*$/.exec(own?.[4] ?? '')?.[0] ?? '',
    beside: mapAround(lines, at, indent, item),
  };
}

/** What is used beside the `with` above the offset that holds it. */
export function usesOfWith(text: string, offset: number): string | undefined {
  const lines = text.split('\n');
  const at = text.slice(0, offset).split('\n').length - 1;
  let limit = indentOf(lines[at] ?? '') + 1;
  for (let index = at; index >= 0; index--) {
    const line = readLine(lines[index] ?? '');
    if (line === undefined || line.indent >= limit) continue;
    if (index < at) limit = line.indent;
    if (line.key !== 'with' || index === at) continue;
    return mapAround(lines, index, line.indent, line.item).find(({ key }) => key === 'uses')?.value;
  }
  return undefined;
}

function indentOf(line: string): number {
  return line.length - line.trimStart().length;
}

export function readLine(line: string): Line | undefined {
  const found = /^(\s*)((?:- )*)([\w.-]+)\s*:(?:\s+(.*))?$/.exec(line);
  if (found === null) return undefined;
  const [, space = '', dashes = '', key = '', value = ''] = found;
  return { indent: space.length + dashes.length, item: dashes !== '', key, value: value.trim() };
}

/** Upward, each time to the next line that stands further left. */
function pathTo(lines: readonly string[], at: number, indent: number, item: boolean): string[] {
  const path: string[] = item ? ['-'] : [];
  let limit = item ? indent - 2 : indent;
  for (let index = at - 1; index >= 0 && limit >= 0; index--) {
    const line = readLine(lines[index] ?? '');
    if (line === undefined) continue;
    if (line.item && line.indent === limit && path[0] !== '-') {
      path.unshift('-');
      limit = line.indent - 2;
      continue;
    }
    const left = line.indent;
    // The items of a list may stand as far left as the key that holds it.
    const holds = left < limit || (path[0] === '-' && left === limit && !line.item);
    if (!holds || (line.item && path[0] === '-')) continue;
    path.unshift(line.key);
    limit = left;
    if (line.item) {
      path.unshift('-');
      limit = line.indent - 2;
    }
  }
  return path;
}

/** The lines of the map that the cursor's line belongs to. */
function mapAround(lines: readonly string[], at: number, indent: number, item: boolean): Line[] {
  const found: Line[] = [];
  const walk = (step: 1 | -1) => {
    for (let index = at + step; index >= 0 && index < lines.length; index += step) {
      const text = lines[index] ?? '';
      if (text.trim() === '') continue;
      const line = readLine(text);
      const left = line?.indent ?? indentOf(text);
      if (left < indent) return;
      if (line === undefined || left > indent) continue;
      if (step === 1 && line.item) return;
      found.push(line);
      if (line.item) return;
    }
  };
  if (!item) walk(-1);
  walk(1);
  return found;
}
