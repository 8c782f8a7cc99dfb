// Random expressions, compared with V8.

import { isDeepStrictEqual } from 'node:util';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileExpression, createBudget, ExpressionError } from '../../../src/workflow/expression/evaluate.ts';
import { parseExpression } from '../../../src/workflow/expression/parse.ts';
import { accepted } from './asking.ts';
import { askV8, toJavaScript } from './javascript.ts';
import { expressions, scope } from './random.ts';

type Answer = { readonly value: unknown } | { readonly error: unknown };

function answer(evaluate: () => unknown): Answer {
  try {
    return { value: evaluate() };
  } catch (error) {
    return { error };
  }
}

const ours = (source: string) => {
  const expression = accepted(parseExpression(source, { names: Object.keys(scope) }));
  return answer(() => compileExpression(expression)(scope, createBudget()));
};

describe('random expressions', () => {
  it('have the value that V8 gives them, or fail here on purpose', () => {
    const before = structuredClone(scope);
    const count = { values: 0, failures: 0 };
    fc.assert(
      fc.property(expressions, (source) => {
        const mine = ours(source);
        if ('error' in mine) {
          count.failures++;
          expect(mine.error).toBeInstanceOf(ExpressionError);
          return;
        }
        count.values++;
        const theirs = answer(() => askV8(source, scope));
        if (isDeepStrictEqual(mine, theirs)) return;
        expect({ source: toJavaScript(source), ...mine }).toEqual({ source: toJavaScript(source), ...theirs });
        throw new Error('the values differ in a way that is not shown');
      }),
      { numRuns: 5000 },
    );
    expect(scope).toStrictEqual(before);
    expect(count.values).toBeGreaterThan(2500);
    expect(count.failures).toBeGreaterThan(100);
  });

  it('would be seen to differ: V8 is asked for a value of its own', () => {
    expect(askV8('event.o.n + event.nums.length == 4 && event.missing.a == null', scope)).toBe(true);
    expect(answer(() => askV8('event.nil.n.n + 1', scope))).toEqual({ value: NaN });
    expect(toJavaScript('a.b[c].d(e?.f) != (g == h)')).toBe('!same(a?.b?.[c]?.d(e?.f) , (same(g , h)))');
  });

  it('fail as refusals and never as crashes, whatever the text', () => {
    const pieces = fc.constantFrom(
      ...'event . [ ] ( ) { } ` ${ " \' + - ! = == => ? : , ... x 1 n \\ / // /* # @ ; new this 0x 1e9 \u2028 é 👋'.split(
        ' ',
      ),
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 12 }), (words) => {
        const source = words.join(' ');
        const parsed = parseExpression(source, { names: ['event', 'x'] });
        if (parsed.ok) return;
        expect(parsed.error.offset).toBeGreaterThanOrEqual(0);
        expect(parsed.error.offset).toBeLessThanOrEqual(source.length);
      }),
      { numRuns: 3000 },
    );
  });
});
