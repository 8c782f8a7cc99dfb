// The page of problems: every code, its sentence, and what `hookline check` says of a file that has it.

import { findConnectors } from '../../../src/connect/find.ts';
import type { Catalog } from '../../../src/workflow/compile.ts';
import { loadWorkflows } from '../../../src/workflow/load.ts';
import { formatProblem, problemCodes, type Problem, type ProblemCode } from '../../../src/workflow/problem.ts';
import { block, code, page } from '../markdown.ts';
import { problemExamples } from '../problem-examples.ts';

const file = 'workflows.yaml';

export async function problemsPage(): Promise<string> {
  const catalog = await exampleCatalog();
  const sections = Object.entries(problemCodes).map(async ([name, sentence]) => {
    const { problem, shown } = await exampleOf(name as ProblemCode, catalog);
    const kind = problem.severity === 'warning' ? 'A warning: the file is accepted.' : '';
    return page(`## ${code(name)}`, sentence, kind, block('text', shown)).trimEnd();
  });
  return page(
    '# Problems',
    'What `hookline check` finds in a workflow file, all in one pass. A file with an error is not used: `serve` goes on with the last accepted one and says so, and refuses to start where there is none. With a warning it is used; `hookline check --strict` takes every warning for an error. Each code is shown with the words of `hookline check` for one file that has it.',
    ...(await Promise.all(sections)),
  );
}

/** What ships, and a plugin that could not be loaded. */
async function exampleCatalog(): Promise<Catalog> {
  const found = await findConnectors({ pluginsDir: '/nowhere' });
  return {
    ...found,
    broken: new Map([['acme', '"plugins/acme.ts": it has no default export made by defineConnector or defineSource']]),
  };
}

/** The problem of this code in its example, as it is printed. */
export async function exampleOf(name: ProblemCode, catalog: Catalog): Promise<{ problem: Problem; shown: string }> {
  const text = problemExamples[name];
  const isSecretSet = (secret: string) => secret !== 'SLACK_BOT_TOKEN';
  const { problems } = await loadWorkflows({ file, text }, catalog, { strict: true, isSecretSet });
  const problem = problems.find((candidate) => candidate.code === name);
  if (problem === undefined) {
    throw new Error(`the example of "${name}" has ${problems.map((found) => found.code).join(', ') || 'no problem'}`);
  }
  return { problem, shown: formatProblem(problem, text, { color: false }) };
}
