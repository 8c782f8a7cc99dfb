// `hookline test`: runs the tests beside a workflow file, offline, by the engine's own matching, rendering and decisions.

import { resolve } from 'node:path';
import { readSettings } from '../core/settings.ts';
import { readTestFile } from '../workflow/test-file.ts';
import type { Workflows } from '../workflow/compile.ts';
import type { Io } from './client.ts';
import { escapeJson, misuse, runCommand } from './command.ts';
import { loadFile } from './load-file.ts';
import { refuseFile } from './refuse-file.ts';
import { createFaults, readTestEvent } from './test-event.ts';
import { findTestFiles, readTestText } from './test-files.ts';
import { showTests, toJUnit, toJson, type TestedFile } from './test-print.ts';
import { runTest, type TestResult } from './test-run.ts';

const help = `
hookline test [file]
  Runs the tests beside the workflow file (workflows.test.yaml) and says what differs from what they expect, with its place.
  It is the engine's own matching, rendering and decisions; nothing is sent, stored or asked.

  file             a test file, or a workflow file or folder, whose tests are those beside and in it;
                   default: WORKFLOWS, else ./workflows.yaml
  --file <file>    the workflow file, when it is not named as the test file
  --filter <text>  only tests with this text in their names
  --format <form>  text (default), json, or junit for CI
  --json           the same as --format json

Exit code: 0 all as expected, 1 something differs, or a file has errors; 2 a mistake in the command line, or no test.
`;

const options = { file: { type: 'string' }, filter: { type: 'string' }, format: { type: 'string' } } as const;
const command = { name: 'test', help, options, takes: [0, 1] } as const;
const formats = ['text', 'json', 'junit'];

export function test(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ values, positionals, print }) => {
    const format = values.json === true ? 'json' : (values.format ?? 'text');
    if (!formats.includes(format)) {
      throw misuse(command, `there is no format "${format}"; there is ${formats.join(', ')}`);
    }
    const files = await findTestFiles(io, positionals[0] ?? values.file);
    if (files.tests.length === 0) throw misuse(command, `there is no test file "${files.first}"`);
    const loaded = await loadFile(io, values.file ?? files.workflows);
    const { workflows } = loaded;
    if (workflows === null) {
      refuseFile(loaded, 'nothing can be tested', io);
      return 1;
    }
    const tested: TestedFile[] = [];
    for (const name of files.tests) tested.push(await testFile(name, values.filter ?? '', workflows, io));
    const results = tested.flatMap(({ results }) => results);
    const sound = tested.every(({ problems }) => problems.length === 0);
    if (results.length === 0 && sound) throw misuse(command, `no test has "${values.filter ?? ''}" in its name`);
    if (format === 'text') showTests(print, tested, io);
    else if (format === 'junit') io.out(toJUnit(tested));
    else io.out(escapeJson(JSON.stringify(toJson(tested), null, 2)));
    return sound && results.every(({ failures }) => failures.length === 0) ? 0 : 1;
  });
}

async function testFile(name: string, filter: string, workflows: Workflows, io: Io): Promise<TestedFile> {
  const text = await readTestText(io, name);
  const file = readTestFile({ file: name, text }, workflows);
  const settings = readSettings({});
  const parts = { workflows, report: file.report, path: resolve(io.cwd, name), faults: createFaults() };
  const results: TestResult[] = [];
  for (const one of file.tests.filter((test) => test.name.includes(filter))) {
    const event = await readTestEvent(one.event, parts);
    if (event !== undefined) results.push(runTest(one, event, { workflows, settings, file }));
  }
  const problems = file.problems().filter(({ severity }) => severity === 'error');
  return { file: name, text, results, problems };
}
