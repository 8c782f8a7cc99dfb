// Texts with expressions in them: their parts, their encoding, their errors.

import { describe, expect, it } from 'vitest';
import type { Encoding } from '../../../src/workflow/expression/encode.ts';
import { createBudget } from '../../../src/workflow/expression/evaluate.ts';
import { compileTemplate, parseTemplate } from '../../../src/workflow/expression/template.ts';
import { accepted, errorOf, refused } from './asking.ts';

const names = ['event', 'env'];
const scope = {
  event: {
    summary: 'Hi <@U1> & "you"',
    count: 3,
    yes: true,
    list: ['a'],
    none: null,
    inject: '${{ env.SECRET }}',
    broken: 'a/\uD800b',
  },
  env: { SECRET: 's3cret' },
};

const render = (text: string, encode?: Encoding) =>
  compileTemplate(accepted(parseTemplate(text, { names })))(scope, createBudget(), encode);

describe('parseTemplate', () => {
  it('gives the parts with the place of each expression in the text', () => {
    const text = 'A ${{ event.count }}${{env.SECRET}} z';
    const template = accepted(parseTemplate(text, { names }));
    expect(template.whole).toBe(false);
    expect(
      template.parts.map((part) => (typeof part === 'string' ? part : [part.offset, part.expression.source])),
    ).toEqual(['A ', [6, 'event.count'], [23, 'env.SECRET'], ' z']);
  });

  it.each<[string, boolean]>([
    ['${{ event.count }}', true],
    ['${{event.count}}', true],
    [' ${{ event.count }}', false],
    ['${{ event.count }}\n', false],
    ['${{ event.count }}${{ event.count }}', false],
    ['no expression', false],
    ['', false],
  ])('says whether %j is one expression and nothing else', (text, whole) => {
    expect(accepted(parseTemplate(text, { names })).whole).toBe(whole);
  });

  it.each<[string, string, number]>([
    ['a ${{ event.count', '"${{" is not closed', 2],
    ['a ${{ event.count }', '"${{" is not closed', 2],
    ['a ${{', '"${{" is not closed', 2],
    ['a ${{ ', '"${{" is not closed', 2],
    ['a ${{ event.count } } b', '"${{" is not closed', 2],
    ['a ${{}} b', 'there is nothing between "${{" and "}}"', 2],
    ['a ${{   }} b', 'there is nothing between "${{" and "}}"', 2],
    ['a ${{ event. }} b', 'the expression is not finished', 13],
    ['a ${{ evnt.count }} b', '"evnt" is not known here', 6],
    ['a ${{ event.count + evnt }} b', '"evnt" is not known here', 20],
    ['a ${{ event.count event }} b', '"event" is not expected here', 18],
    ['a ${{ "b }} c', 'the text is not closed', 6],
    ['a ${{ event.count }} ${{ 1 = 2 }}', 'assignment is not part of the language', 25],
    ['a ${{ event.count | upper }}', '"|" is not part of the language', 6],
  ])('refuses %j with its place', (text, message, offset) => {
    expect(refused(parseTemplate(text, { names }))).toMatchObject({ message, offset });
  });

  it('reads ten thousand expressions in one text', () => {
    const text = 'x ${{ event.count }} '.repeat(10_000);
    expect(accepted(parseTemplate(text, { names })).parts).toHaveLength(20_001);
  });
});

describe('a template', () => {
  it.each<[string, unknown]>([
    ['plain', 'plain'],
    ['', ''],
    ['${{ event.count }}', 3],
    ['${{ event.yes }}', true],
    ['${{ event.list }}', ['a']],
    ['${{ event.missing }}', undefined],
    ['${{ event.none }}', null],
    ['${{ event.count }} calls: ${{ event.yes }}', '3 calls: true'],
    ['$${{ event.count }}', '$3'],
    ['a }} b', 'a }} b'],
    ['{{ event.count }}', '{{ event.count }}'],
    ['$ {{ event.count }}', '$ {{ event.count }}'],
    ['${{ "}}" }} ${{ "a}}b" + `}}${"}}"}` }}', '}} a}}b}}}}'],
    ['${{ {a: {b: 1}}.a.b}}', 1],
    ['${{ {a: {b: 1}}}}', { a: { b: 1 } }],
    ['${{\n  event.count\n  + 1\n}}', 4],
    ['write ${{ "${{" }} event.x }}', 'write ${{ event.x }}'],
    ['${{ "${{ event.count }}" }}', '${{ event.count }}'],
  ])('%j', (text, value) => {
    expect(render(text)).toStrictEqual(value);
  });

  it('never reads interpolated text again', () => {
    expect(render('got ${{ event.inject }}')).toBe('got ${{ env.SECRET }}');
    expect(render('${{ event.inject }}')).toBe('${{ env.SECRET }}');
  });

  it.each<[Encoding, string]>([
    ['slack', '<b> & Hi &lt;@U1&gt; &amp; "you" 3'],
    ['html', '<b> & Hi &lt;@U1&gt; &amp; &quot;you&quot; 3'],
    ['url', '<b> & Hi%20%3C%40U1%3E%20%26%20%22you%22 3'],
  ])('encodes for %s what comes from expressions and not its own text', (encode, text) => {
    expect(render('<b> & ${{ event.summary }} ${{ event.count }}', encode)).toBe(text);
  });

  it('encodes a whole text too, and leaves other values as they are', () => {
    expect(render('${{ event.summary }}', 'slack')).toBe('Hi &lt;@U1&gt; &amp; "you"');
    expect(render('${{ event.list }}', 'slack')).toEqual(['a']);
    expect(render('${{ event.count }}', 'html')).toBe(3);
  });

  it('encodes half a surrogate pair for a URL without failing', () => {
    expect(render('x/${{ event.broken }}', 'url')).toBe('x/a%2F%EF%BF%BDb');
  });

  it.each<[string, string, string]>([
    [
      'Hi ${{ event.missing }}!',
      '"event.missing" is missing, which has no text; add a default such as ?? ""',
      'event.missing }}!',
    ],
    ['Hi ${{ event.none }}', '"event.none" is null, which has no text; add a default such as ?? ""', 'event.none }}'],
    ['Hi ${{ event.list }}', '"event.list" is a list, which has no text; use .join(", ") or json(…)', 'event.list }}'],
    [
      '${{ event.count }} ${{ 1 + event.none }}',
      '"event.none" is null, but "+" needs a number; add a default such as ?? 0',
      'event.none }}',
    ],
    ['${{ event.count / 0 }}', '"0" is 0, and nothing can be divided by 0', '0 }}'],
  ])('%j fails with its place in the text', (text, message, at) => {
    expect(errorOf(() => render(text), text)).toEqual({ message, at });
  });

  it('takes all its expressions from one budget', () => {
    const text = '${{ "a".padEnd(400) }}'.repeat(3);
    const run = compileTemplate(accepted(parseTemplate(text, { names })));
    expect(run(scope, createBudget({ steps: 100, text: 3000 }))).toHaveLength(1200);
    const failed = errorOf(() => run(scope, createBudget({ steps: 100, text: 2000 })), text);
    expect(failed.message).toMatch(/too much text/);
    expect(failed.at).toBe('"a".padEnd(400) }}');
  });
});
