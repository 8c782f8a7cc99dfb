// Texts that look like expressions: what is warned of, and what is surely meant as text.

import { describe, expect, it } from 'vitest';
import { loadWorkflows } from '../../src/workflow/load.ts';
import { catalog, inSteps } from './catalog.ts';
import { unmark } from './types-catalog.ts';

async function found(marked: string) {
  const file = inSteps(`- uses: chat.say-it\n  with:\n    room: a\n    text: ${marked}`);
  const { text, at } = unmark(file);
  const { workflows, problems } = await loadWorkflows({ file: 'w.yaml', text }, catalog, {});
  expect(workflows).not.toBeNull();
  const own = problems.filter(({ code }) => code === 'expression.not-marked');
  return {
    at,
    places: own.map(({ at: place }) => `${place.line}:${place.column}`),
    hints: own.map(({ hint }) => hint),
  };
}

describe('a text that looks like an expression', () => {
  it.each([
    ['Hello ¦{{ event.data.name }}!', 'Write "${{ event.data.name }}" for its value.'],
    ['"¦{{event.data.name}}"', 'Write "${{ event.data.name }}" for its value.'],
    ['"a\\t ¦${ event.id } b"', 'Write "${{ event.id }}" for its value.'],
    ['is $ ¦{{ event.id }}', 'Write "${{ event.id }}" for its value.'],
    ['|\n      one\n      two ¦{{ steps["a"].output.id }}', 'Write "${{ steps["a"].output.id }}" for its value.'],
    ['>-\n      ${{ event.id }} is\n      ¦{{ run.id }}', 'Write "${{ run.id }}" for its value.'],
    ['¦event.data.call.name', 'Write "${{ event.data.call.name }}" for its value.'],
    ['¦event.data["call"].parts[0].name', 'Write "${{ event.data["call"].parts[0].name }}" for its value.'],
    ['¦env.NAME', 'Write "${{ env.NAME }}" for its value.'],
  ])('%s: is warned of', async (marked, hint) => {
    const { at, places, hints } = await found(marked);
    expect(places).toEqual([at]);
    expect(hints).toEqual([hint]);
  });

  it.each([
    '${{ event.id }}',
    '${{ "{{ event.id }}" }}',
    '${{ "a" + "${ event.id }" }} b',
    'Hello {{ name }}',
    'event',
    'event.',
    'The event.id is known',
    'events.example.com',
    '"{ event: 1 }"',
    'env.example.com/a',
    '"{{ eventual.thing }}"',
  ])('%s: is text', async (text) => {
    expect((await found(text)).places).toEqual([]);
  });
});
