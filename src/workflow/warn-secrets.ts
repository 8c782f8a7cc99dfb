// Warns of secrets that the environment of the check does not have, where it has others.

import type { CheckedFile } from './checked.ts';
import type { Report } from './report.ts';

/** Where none is set, nobody meant to run it here: then nothing is said. */
export function warnSecrets(
  { sources, connections }: CheckedFile,
  isSet: (name: string) => boolean,
  report: Report,
): void {
  const secrets = new Map([...connections, ...sources].toReversed().flatMap(({ secretSpans }) => [...secretSpans]));
  const unset = [...secrets].filter(([name]) => !isSet(name));
  if (unset.length === secrets.size) return;
  for (const [name, span] of unset) {
    const hint = `Set the variable ${name}, or ${name}_FILE to a file that holds it; "hookline dev" needs neither.`;
    report.warning('secret.unset', span, `secret "${name}" is not set here, though others are`, hint);
  }
}
