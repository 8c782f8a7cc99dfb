// The JSON Schema of the test files beside a workflow file, for editors.

import { dirname, relative, resolve } from 'node:path';
import type { Json } from '../workflow/editor-values.ts';
import { testEditorSchema } from '../workflow/test-editor-schema.ts';
import type { Io } from './client.ts';
import { loadFile } from './load-file.ts';
import { findTestFiles, readTestText } from './test-files.ts';

export interface TestSchema {
  readonly schema: Json;
  /** The file that it goes to, beside the schema of the workflow file. */
  readonly written: string;
  /** Test files without the line that names it, and the line. */
  readonly bare: readonly string[];
  readonly modeline: string;
}

/** Undefined without test files, and while the workflow file has errors. `written`: the schema of the workflow file. */
export async function findTestSchema(io: Io, file: string, written: string): Promise<TestSchema | undefined> {
  const { tests } = await findTestFiles(io, file);
  const [first] = tests;
  if (first === undefined) return undefined;
  const { runnable } = await loadFile(io, file);
  if (runnable === null) return undefined;
  const own = written.replace(/(?:\.schema)?\.json$/, '.test.schema.json');
  const path = relative(dirname(resolve(io.cwd, first)), resolve(io.cwd, own)).replaceAll('\\', '/');
  const modeline = `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}`;
  const texts = await Promise.all(tests.map(async (name) => ({ name, text: await readTestText(io, name) })));
  const bare = texts.filter(({ text }) => !/^# yaml-language-server: \$schema=\S/m.test(text)).map(({ name }) => name);
  return { schema: testEditorSchema(runnable), written: own, bare, modeline };
}
