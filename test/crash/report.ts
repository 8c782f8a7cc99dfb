// The page docs/reliability.md, from what a run of the crash matrix found.

import { mutants } from '../sim/mutants.ts';
import type { Results, Result, Simulated } from './results.ts';
import type { Row } from './row.ts';

export function report(rows: readonly Row[], { rows: results, simulated }: Results): string {
  const sections = rows.map((row) => section(row, results[row.name] ?? { impossible: 'it has not been run' }));
  return `${head}
${sections.join('\n')}
${simulated ? simulation(simulated) : ''}
${limits}`;
}

const number = (figure: number | string) => (typeof figure === 'number' ? figure.toLocaleString('en') : figure);

const head = `# What was done to it, and what held

This page is written by \`npm run test:crash\`, which does to a real Hookline on a real disk what machines, networks and
vendors do at their worst. A short form of every row on the embedded store is part of \`npm test\`.

After each fault the process goes on with what was left, until it has come to rest; then all of this must hold:

| | what must hold |
|---|---|
| I1 | every event that was answered with success is there once, byte for byte; nothing is there that was not sent |
| I2 | an action that the vendor can recognise, repeat or look up has as many effects as one call would have |
| I3 | every other action has one effect; whatever may have happened and is not known is in doubt, and is not repeated without a person's word; every request belongs to an attempt that admits it |
| I4 | nothing is left pending, running or waiting; what is held says why |
| I5 | what is counted is what is there |
| I6 | the process ends only when it is asked to or says why, and the database is whole |

Each row has a control: the same check where it must fail. A control that does not fail makes the row worthless, and the
run says so.

## Faults on a real process
`;

function section({ name, says }: Row, result: Result): string {
  const start = `### ${title(name)}\n\n${says}\n`;
  if ('impossible' in result) return `${start}\nNot done: ${result.impossible}.\n`;
  const { figures, wrong, control } = result;
  const rows = Object.entries(figures).map(([what, figure]) => `| ${what} | ${number(figure)} |`);
  const verdict = wrong.length === 0 ? 'none' : wrong.map((line) => `\`${line.split('\n')[0]}\``).join(', ');
  const judged = control.failed ? 'failed as it must' : '**did not fail: this row proves nothing**';
  const table = [
    '| | |',
    '|---|---|',
    ...rows,
    `| violations | ${verdict} |`,
    `| control: ${control.what} | ${judged} |`,
  ];
  return `${start}\n${table.join('\n')}\n`;
}

const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

function simulation({ seeds, runs, requests, effects, deaths, violated }: Simulated): string {
  return `## Faults in simulated lives

The engine runs unchanged on a clock, a store and vendors that are made of a seed: any call to the store may be refused,
or made without its answer; the process may die at any of its effects, be stopped and replaced, or be asked to end; the
clock jumps; vendors refuse, lose, delay and forget to answer; people retry, cancel, pause and answer doubts, truly or
not. After each life the same invariants must hold, and then once more after a person has answered every doubt by what
the vendor has. \`SIM_SEED=123 node test/sim/main.ts\` tells one life as a story.

| | |
|---|---|
| lives | ${number(seeds)} |
| runs | ${number(runs)} |
| requests that reached a vendor | ${number(requests)} |
| effects of processes, each a place to die | ${number(effects)} |
| deaths | ${number(deaths)} |
| lives with a violation | ${violated === 0 ? 'none' : number(violated)} |

Mistakes that are put in on purpose, each of which the simulator sees:

${mutants.map(({ name, breaks }) => `- ${name}${breaks === 'I' ? '' : ` (${breaks})`}`).join('\n')}

The store of these lives is a model in memory; random commands given to the model and to the embedded store must have
the same answers, so that what holds for one holds for the other.
`;
}

const limits = `## What is not promised

- A clock that is set back while Hookline is stopped is not noticed: what waits then waits until the clock has come to its
  time again.
- Between the moment a request reaches a vendor and the moment its outcome is stored, a kill leaves that attempt in
  doubt: for an action that can be neither recognised nor looked up, only a person knows.
- Plugins are code of the same process: one that loops for ever stops that process, and one that ends it ends it.
`;
