// What came of the check of a connection, said where it was asked for.

import type { CheckedConnection } from '../../api/connections.ts';
import { Status } from './status.tsx';
import { clockOf, durationOf } from './when.tsx';
import { ProblemText } from './words.tsx';

/** `lifted`: its credentials were refused before; a good check lets its runs go on. */
export type Checked =
  | 'under way'
  | (Pick<CheckedConnection, 'ok' | 'error' | 'tookMs'> & { readonly at: number; readonly lifted: boolean });

/** Always there, and nothing in it ticks: readers say whatever changes in it. */
export function CheckResult({ checked }: { readonly checked: Checked | undefined }) {
  return (
    <div role="status" class="check-result">
      {checked === 'under way' && <span class="quiet">The check is under way…</span>}
      {typeof checked === 'object' && <Result {...checked} />}
    </div>
  );
}

function Result({ ok, error, tookMs, at, lifted }: Exclude<Checked, string>) {
  return (
    <>
      <p>
        <Status status={ok ? 'works' : 'does_not_work'} />{' '}
        <span class="quiet">
          checked at {clockOf(at)}, in {durationOf(Math.max(1, tookMs))}
          {ok && lifted && '; its runs go on'}
        </span>
      </p>
      {error && <ProblemText error={error} />}
    </>
  );
}
