// The methods of texts; each gives what JavaScript gives, and `replaceAll` takes its replacement literally.

import { Failure, spendSearch, spendSteps, spendText } from './budget.ts';
import { declareMethod } from './callable.ts';

export const textMethods = [
  declareMethod({
    name: 'toUpperCase',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The text in capital letters.',
    example: '"call".toUpperCase()',
    run: ({ text }, budget) => {
      spendText(budget, text.length);
      return text.toUpperCase();
    },
  }),
  declareMethod({
    name: 'toLowerCase',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The text in small letters.',
    example: '"CALL".toLowerCase()',
    run: ({ text }, budget) => {
      spendText(budget, text.length);
      return text.toLowerCase();
    },
  }),
  declareMethod({
    name: 'trim',
    parameters: { text: 'text' },
    returns: 'text',
    description: 'The text without blanks and line ends at its two ends.',
    example: '"  call ".trim()',
    run: ({ text }, budget) => {
      spendText(budget, text.length);
      return text.trim();
    },
  }),
  declareMethod({
    name: 'slice',
    parameters: { text: 'text', start: 'number?', end: 'number?' },
    returns: 'text',
    description: 'The part from `start` up to, but without, `end`; negative numbers count from the end.',
    example: '"2026-03-01".slice(0, 4)',
    run: ({ text, start, end }, budget) => {
      spendText(budget, text.length);
      return text.slice(start, end);
    },
  }),
  declareMethod({
    name: 'at',
    parameters: { text: 'text', index: 'number' },
    returns: 'text',
    description: 'The character at `index`, from the end when negative; missing when there is none.',
    example: '"call".at(-1)',
    run: ({ text, index }) => text.at(index),
  }),
  declareMethod({
    name: 'split',
    parameters: { text: 'text', separator: 'text', limit: 'number?' },
    returns: 'list',
    description: 'The pieces between the separators.',
    example: '"a@example.com".split("@")',
    run: ({ text, separator, limit }, budget) => {
      if (separator === '') spendSteps(budget, text.length);
      spendSearch(budget, text, separator);
      const pieces = text.split(separator, limit);
      spendSteps(budget, pieces.length);
      return pieces;
    },
  }),
  declareMethod({
    name: 'includes',
    parameters: { text: 'text', part: 'text' },
    returns: 'boolean',
    description: 'Whether `part` stands anywhere in the text.',
    example: '"user_hangup".includes("hang")',
    run: ({ text, part }, budget) => {
      spendSearch(budget, text, part);
      return text.includes(part);
    },
  }),
  declareMethod({
    name: 'startsWith',
    parameters: { text: 'text', part: 'text' },
    returns: 'boolean',
    description: 'Whether the text begins with `part`.',
    example: '"+4930123".startsWith("+49")',
    run: ({ text, part }) => text.startsWith(part),
  }),
  declareMethod({
    name: 'endsWith',
    parameters: { text: 'text', part: 'text' },
    returns: 'boolean',
    description: 'Whether the text ends with `part`.',
    example: '"notes.pdf".endsWith(".pdf")',
    run: ({ text, part }) => text.endsWith(part),
  }),
  declareMethod({
    name: 'replaceAll',
    parameters: { text: 'text', part: 'text', replacement: 'text' },
    returns: 'text',
    description: 'The text with every `part` replaced; `$` has no meaning in the replacement.',
    example: '"030 123 456".replaceAll(" ", "")',
    run: ({ text, part, replacement }, budget) => {
      if (part === '') throw new Failure('needs a text to look for that is not empty');
      spendSearch(budget, text, part);
      const pieces = text.split(part);
      spendSteps(budget, pieces.length);
      spendText(budget, text.length + (pieces.length - 1) * replacement.length);
      return pieces.join(replacement);
    },
  }),
  declareMethod({
    name: 'padStart',
    parameters: { text: 'text', length: 'number', fill: 'text?' },
    returns: 'text',
    description: 'The text filled up at its start to `length` characters, with blanks or `fill`.',
    example: '"7".padStart(3, "0")',
    run: ({ text, length, fill }, budget) => {
      spendText(budget, Math.max(text.length, length));
      return text.padStart(length, fill);
    },
  }),
  declareMethod({
    name: 'padEnd',
    parameters: { text: 'text', length: 'number', fill: 'text?' },
    returns: 'text',
    description: 'The text filled up at its end to `length` characters, with blanks or `fill`.',
    example: '"7".padEnd(3, ".")',
    run: ({ text, length, fill }, budget) => {
      spendText(budget, Math.max(text.length, length));
      return text.padEnd(length, fill);
    },
  }),
];
