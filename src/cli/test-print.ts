// What `hookline test` says: for people, as JSON, and as JUnit XML for CI.

import { printable } from '../core/log.ts';
import { formatProblem, type Place, type Problem } from '../workflow/problem.ts';
import type { Io } from './client.ts';
import { oneLine } from './format.ts';
import type { Printer } from './print.ts';
import type { Failure, TestResult } from './test-run.ts';

export interface TestedFile {
  readonly file: string;
  readonly text: string;
  readonly results: readonly TestResult[];
  /** Errors of the test file. */
  readonly problems: readonly Problem[];
}

export function showTests(print: Printer, tested: readonly TestedFile[], io: Io): void {
  for (const { file, text, results, problems } of tested) {
    if (tested.length > 1) print.line(print.paint(oneLine(file), 'bold'));
    for (const problem of problems) {
      for (const line of formatProblem(problem, text, { color: io.color }).split('\n')) print.line(line);
      print.line();
    }
    for (const result of results) showResult(print, result);
  }
  print.line();
  print.line(summary(print, tested));
}

function showResult(print: Printer, { name, failures, placeholders }: TestResult): void {
  const good = failures.length === 0;
  print.line(`${print.paint(good ? '✓' : '✗', good ? 'green' : 'red')} ${oneLine(name)}`);
  if (placeholders.length > 0) {
    print.line(`    ${print.paint(`with a made-up output of ${oneLine(placeholders.join(', '))}`, 'dim')}`);
  }
  for (const failure of failures) showFailure(print, failure);
}

function showFailure(print: Printer, { at, path, message, expected, actual, details }: Failure): void {
  const differs = expected !== null || actual !== null;
  print.line(`    ${placeName(at)}  ${print.paint(oneLine(path), 'bold')}${differs ? '' : `  ${oneLine(message)}`}`);
  if (differs) {
    print.line(`      expected  ${print.paint(oneLine(expected ?? ''), 'green')}`);
    print.line(`      actual    ${print.paint(oneLine(actual ?? ''), 'red')}`);
  }
  for (const line of details) print.line(`      ${print.paint(indented(line), 'dim')}`);
}

function indented(line: string): string {
  return `${/^ */.exec(line)?.[0] ?? ''}${oneLine(line, 300)}`;
}

function summary(print: Printer, tested: readonly TestedFile[]): string {
  const results = tested.flatMap((file) => file.results);
  const failed = results.filter(({ failures }) => failures.length > 0).length;
  const problems = tested.reduce((sum, file) => sum + file.problems.length, 0);
  const parts = [
    `${results.length} ${results.length === 1 ? 'test' : 'tests'}`,
    failed === 0 ? 'all as expected' : `${failed} not as expected`,
    ...(problems === 0 ? [] : [`${problems} ${problems === 1 ? 'error' : 'errors'} in the test file`]),
  ];
  const good = failed === 0 && problems === 0;
  if (results.length === 0 && problems > 0) parts.splice(1, 1);
  return `${print.paint(good ? '✓' : '✗', good ? 'green' : 'red')} ${parts.join(', ')}`;
}

function placeName({ file, line, column }: Place): string {
  return oneLine(`${file}:${line}:${column}`);
}

export function toJson(tested: readonly TestedFile[]) {
  return tested.map(({ file, results, problems }) => ({
    file,
    problems,
    tests: results.map(({ tookMs, failures, ...rest }) => ({ ...rest, ok: failures.length === 0, failures, tookMs })),
  }));
}

export function toJUnit(tested: readonly TestedFile[]): string {
  const suites = tested.map(({ file, results, problems }) => {
    const failed = results.filter(({ failures }) => failures.length > 0).length;
    const cases = [
      ...problems.map((problem) => problemCase(file, problem)),
      ...results.map((one) => testCase(file, one)),
    ];
    const counts = `tests="${cases.length}" failures="${failed}" errors="${problems.length}"`;
    return [`  <testsuite name="${xml(file)}" ${counts}>`, ...cases, '  </testsuite>'].join('\n');
  });
  return ['<?xml version="1.0" encoding="UTF-8"?>', '<testsuites>', ...suites, '</testsuites>'].join('\n');
}

function problemCase(file: string, { code, message, at }: Problem): string {
  const error = `<error type="${xml(code)}" message="${xml(`${placeName(at)} ${message}`)}"/>`;
  return `    <testcase classname="${xml(file)}" name="${xml(placeName(at))}">${error}</testcase>`;
}

function testCase(file: string, { name, failures, tookMs }: TestResult): string {
  const head = `    <testcase classname="${xml(file)}" name="${xml(name)}" time="${(tookMs / 1000).toFixed(3)}"`;
  if (failures.length === 0) return `${head}/>`;
  const inside = failures.map((failure) => {
    const text = [`${placeName(failure.at)} ${failure.path}`, ...differenceLines(failure), ...failure.details];
    return `      <failure type="${xml(failure.message)}" message="${xml(text[0] ?? '')}">${xml(text.join('\n'))}</failure>`;
  });
  return [`${head}>`, ...inside, '    </testcase>'].join('\n');
}

function differenceLines({ expected, actual, message }: Failure): readonly string[] {
  if (expected === null && actual === null) return [message];
  return [`expected ${expected ?? ''}`, `actual ${actual ?? ''}`];
}

const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** XML has no way to write control characters. */
function xml(text: string): string {
  return printable(text).replace(/[&<>"]/g, (char) => entities[char] ?? char);
}
