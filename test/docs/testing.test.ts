// The guide to tests: its test files run against the example, and the difference that it shows is what the command says.

import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { test as runTests } from '../../src/cli/test.ts';
import { testFileSchema } from '../../src/workflow/test-schema.ts';
import { say } from '../cli/terminal.ts';
import { readDocument, root } from './documents.ts';

const document = readDocument('docs/guide/testing.md');
const files = document.blocks.filter(({ info }) => info === 'yml');
const shown = document.blocks.find(({ info }) => info === 'text')?.text ?? '';

let cwd: string;
let example: string;
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'hookline-testing-'));
  example = await readFile(join(root, 'workflows.example.yaml'), 'utf8');
});
afterAll(() => rm(cwd, { recursive: true }));

async function run(text: string, workflows: string) {
  await writeFile(join(cwd, 'workflows.yaml'), workflows);
  await writeFile(join(cwd, 'workflows.test.yaml'), text);
  return say(runTests, [], { cwd });
}

describe('the guide to tests', () => {
  it.each(files)('shows a test file that passes, in line $line', async ({ text }) => {
    expect(await run(text, example)).toMatchObject({ code: 0, err: '' });
  });

  it('shows what is said when an input differs', async () => {
    const changed = example
      .replace('Description: ${{', 'Description: "Summary: ${{')
      .replace(/(Description: "[^\n]*)/, '$1"');
    const { code, out } = await run(files[0]?.text ?? '', changed);
    expect([code, `${out}\n`]).toEqual([1, shown]);
  });

  it('names every word that a test may say', () => {
    const words: string[] = [];
    const collect = (schema: object, within: boolean): void => {
      for (const [key, value] of Object.entries(schema)) {
        if (within || (key === 'enum' && Array.isArray(value))) words.push(...(within ? [key] : (value as string[])));
        if (typeof value === 'object' && value !== null) collect(value as object, key === 'properties' && !within);
      }
    };
    collect(testFileSchema.properties.tests.additionalProperties, false);
    const unsaid = words.filter((word) => !document.text.includes(word));
    // Statuses are on the page of operating; a remark for people says what it is.
    expect(new Set(unsaid)).toEqual(new Set(['description', 'pending', 'canceled']));
  });
});
