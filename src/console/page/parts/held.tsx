// What a held run waits for, and the button that lets it go on where one press is enough.

import type { RunSummary } from '../../api/run-view.ts';
import { linkTo } from '../route.ts';
import { Pausing } from './pausing.tsx';

interface HeldParts {
  readonly run: Pick<RunSummary, 'workflow' | 'connection' | 'reason'>;
}

export function HeldWhy({ run: { workflow, connection, reason } }: HeldParts) {
  const toConnections = linkTo(['connections']);
  if (reason === 'in_doubt')
    return <p class="quiet">Open each run, look into the connection, and say whether it happened.</p>;
  if (reason === 'missing')
    return <p class="quiet">It goes on when what it needs is back in the workflow file; or cancel the run.</p>;
  if (connection === '*')
    return (
      <p class="quiet">
        It waits for more than one <a href={toConnections}>connection</a>.
      </p>
    );
  if (reason === 'credentials')
    return (
      <p class="quiet">
        Mend the secret of <a href={toConnections}>{connection}</a>; it is checked again by itself, and its runs go on.
      </p>
    );
  const [what, link, name] =
    connection === ''
      ? ['workflow', linkTo(['workflows', workflow]), workflow]
      : ['connection', toConnections, connection];
  return (
    <p class="quiet">
      The {what} <a href={link}>{name}</a> is paused. Its runs go on when it is resumed.
    </p>
  );
}

/** Nothing where a button cannot help. */
export function HeldAct({ run, reload }: HeldParts & { readonly reload: () => void }) {
  const { workflow, connection, reason } = run;
  if (reason !== 'paused' || connection === '*') return null;
  const [of, name] = connection === '' ? (['workflows', workflow] as const) : (['connections', connection] as const);
  return (
    <div class="actions">
      <Pausing of={of} name={name} paused reload={reload} />
    </div>
  );
}
