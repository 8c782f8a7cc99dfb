// `hookline reload`: makes the running Hookline load its workflow file anew, and prints what came of it.

import type { ReloadAnswer } from '../console/api/reload.ts';
import type { Io } from './client.ts';
import { runCommand } from './command.ts';
import { oneLine } from './format.ts';
import type { Printer } from './print.ts';

const help = `
hookline reload
  The running Hookline loads its workflow file anew, and its secrets from their files too. It does so by itself when the file
  changes. A file that is refused changes nothing: the one before goes on, and the problems are listed here.

  --json  the answer as JSON

Exit code: 0 loaded, or nothing has changed; 1 the file is refused, or nobody there; 2 a mistake in the command line.
`;

export function reload(args: readonly string[], io: Io): Promise<number> {
  return runCommand({ name: 'reload', help, options: {}, takes: [0, 0] }, args, io, async ({ client, show, print }) => {
    const answer = (await client.post('/api/reload')) as ReloadAnswer;
    show(answer, () => showAnswer(print, answer));
    return answer.status === 'refused' ? 1 : 0;
  });
}

function showAnswer(print: Printer, { status, workflows, refused }: ReloadAnswer): void {
  if (refused !== null) {
    for (const { shown } of refused.problems) {
      print.block(shown, '');
      print.line();
    }
    print.line(`${print.paint('✗', 'red')} refused, and the file before goes on: ${oneLine(refused.why, 500)}`);
    return;
  }
  const word = status === 'unchanged' ? 'nothing has changed' : 'loaded';
  print.line(`${print.paint('✓', 'green')} ${word}`);
  for (const [change, names] of Object.entries(workflows)) {
    if (names.length > 0) print.line(`  ${change}: ${oneLine(names.join(', '), 500)}`);
  }
}
