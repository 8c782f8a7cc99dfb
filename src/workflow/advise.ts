// Advice on a file without errors: what is there for nothing, what can never be, what is left unsaid.

import type { CheckedFile } from './checked.ts';
import type { Report } from './report.ts';
import { warnConditions } from './warn-conditions.ts';
import { warnLiterals } from './warn-literals.ts';
import { warnSecrets } from './warn-secrets.ts';
import { warnUnused } from './warn-unused.ts';

export interface Advice {
  /** Also warns of every step that can be in doubt for good and leaves open what then. */
  readonly strict?: boolean;
  /** Whether a secret is set where the file is to run; without it nothing is said of secrets. */
  readonly isSecretSet?: (name: string) => boolean;
}

export function advise(file: CheckedFile, { strict, isSecretSet }: Advice, report: Report): void {
  warnConditions(file, report);
  warnUnused(file, report);
  warnLiterals(file, report);
  if (isSecretSet !== undefined) warnSecrets(file, isSecretSet, report);
  if (strict === true) warnDoubt(file, report);
}

function warnDoubt({ workflows }: CheckedFile, report: Report): void {
  for (const { id, connection, actionName, effect, saysDoubt, span } of workflows.flatMap(({ steps }) => steps)) {
    if (effect !== 'once' || saysDoubt) continue;
    const message = `step "${id}" does not say what is done when nobody knows whether ${connection}.${actionName} happened`;
    report.warning(
      'step.on-doubt',
      span,
      message,
      'Write "onDoubt: hold" to be asked, which is the default, or "onDoubt: retry" to do it again.',
    );
  }
}
