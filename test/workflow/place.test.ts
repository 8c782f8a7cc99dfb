import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { textOf, type Node, type ScalarNode } from '../../src/workflow/node.ts';
import { createSourceText, offsetInScalar } from '../../src/workflow/place.ts';
import { readTree } from '../../src/workflow/read.ts';
import { createReport } from '../../src/workflow/report.ts';

function scalarOf(text: string): ScalarNode {
  const report = createReport(createSourceText('w.yaml', text));
  const tree = readTree(report);
  const node: Node | undefined = tree?.kind === 'map' ? tree.entries.get('key')?.value : undefined;
  if (node?.kind !== 'scalar') throw new Error(JSON.stringify(report.problems()));
  return node;
}

/** Where a mark that stands once in the value and once in the file is found. */
function find(text: string, mark = '@'): { found: number; wanted: number } {
  const node = scalarOf(text);
  const value = textOf(node) ?? '';
  expect(value).toContain(mark);
  return { found: offsetInScalar(text, { ...node, value }, value.indexOf(mark)), wanted: text.indexOf(mark) };
}

describe('the place of a character in a scalar', () => {
  it.each([
    ['plain', 'key: some text @ more'],
    ['plain over several lines', 'key: some\n  text\n\n\n  and @ more\n'],
    ['single quotes, doubled', "key: 'it''s ''quoted'' @ '"],
    ['single quotes over lines', "key: 'it''s\n\n  long '' @'"],
    ['double quotes with escapes', 'key: "a \\" \\\\ \\u0041 \\x41 \\U0001F600 \\t \\/ @"'],
    ['double quotes with an escaped line break', 'key: "a \\\n   b\\\n  \\ c @"'],
    ['escaped blanks and line breaks', 'key: "\\n\\n  \\_ \\N \\L @"'],
    ['a literal block', 'key: |\n  one\n    two\n\n  three @\n'],
    ['a literal block with a header', 'key: |2+ # a comment with @ is none of it\n    one\n  two ^ \n\n'],
    ['a folded block', 'key: >\n  one\n  two\n\n  three\n    deeper @\n'],
    ['a block with CRLF', 'key: |\r\n  one\r\n  two @\r\n'],
    ['a surrogate pair before it', 'key: "😀 \\ud83d\\ude00 @"'],
    ['a tag and an anchor before it', 'key: !!str &a "x @"'],
  ])('is found in %s', (_name, text) => {
    const { found, wanted } = find(text, text.includes('^') ? '^' : '@');
    expect(found).toBe(wanted);
  });

  it('is found in any double-quoted text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '\\n',
        '\\t',
        '\\"',
        '\\\\',
        '\\u0020',
        '\\u00e9',
        '\\x7e',
        '\\_',
        '\\U0001F600',
        '\\\n  ',
        '\n  ',
        ' ',
      ),
      fc.constantFrom('a', 'é', '😀', "'", '#', ':', '$', '{', '}'),
    );
    fc.assert(
      fc.property(fc.array(piece), fc.array(piece), (before, after) => {
        const text = `key: "x${before.join('')}@${after.join('')}x"`;
        const { found, wanted } = find(text);
        expect(found).toBe(wanted);
      }),
    );
  });

  it('is found in any block', () => {
    const line = fc.array(fc.constantFrom('a', ' ', 'é', '😀', '"', "'", '\\', '#', ': '), { maxLength: 8 });
    fc.assert(
      fc.property(fc.array(line), fc.array(line), fc.constantFrom('|', '>', '|-', '>+'), (before, after, header) => {
        const lines = [...before, ['@'], ...after].map((parts) => `  ${parts.join('')}`);
        const text = `key: ${header}\n  x\n${lines.join('\n')}\n`;
        const { found, wanted } = find(text);
        expect(found).toBe(wanted);
      }),
    );
  });

  it('is the same for many questions about one long scalar, in any order', () => {
    const lines = Array.from({ length: 400 }, (_, index) => `  line ${index} \\"of\\" it\\n \\\n`);
    const text = `key: "\n${lines.join('')}  end"`;
    const node = scalarOf(text);
    const value = textOf(node) ?? '';
    const marks: { index: number; at: number }[] = [];
    const places = Array.from({ length: 300 }, (_, index) => (index * 7919) % value.length);
    expect(value.length).toBeGreaterThan(5000);
    for (const place of [...places, 0, value.length - 1, ...places.toSorted((a, b) => b - a)]) {
      expect(offsetInScalar(text, { ...node, value, marks }, place)).toBe(
        offsetInScalar(text, { ...node, value }, place),
      );
    }
    expect(marks.length).toBeGreaterThan(8);
  });

  it('is the start of the scalar when file and value part ways', () => {
    const text = 'key: other';
    expect(offsetInScalar(text, { style: 'plain', offset: 5, end: 10, value: 'xyz' }, 2)).toBe(5);
  });
});

describe('a source text', () => {
  it('gives line and column, counted from one, for every offset', () => {
    const source = createSourceText('w.yaml', 'ab\r\n\nc');
    const places = [0, 1, 2, 3, 4, 5, 6]
      .map((offset) => source.place(offset))
      .map(({ line, column }) => [line, column]);
    expect(places).toEqual([
      [1, 1],
      [1, 2],
      [1, 3],
      [1, 4],
      [2, 1],
      [3, 1],
      [3, 2],
    ]);
  });
});
