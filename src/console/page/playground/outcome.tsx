// What the text would do with the event: who takes it, why the others do not, and what would be sent.

import type { CheckAnswer, TryAnswer } from '../../api/playground-schema.ts';
import { Icon } from '../parts/icon.tsx';
import { Json } from '../parts/json.tsx';

type Tried = TryAnswer['tried'][number];

interface OutcomeParts {
  readonly looked: (CheckAnswer & Partial<Pick<TryAnswer, 'tried'>>) | undefined;
  readonly picked: boolean;
}

export function Outcome({ looked, picked }: OutcomeParts) {
  if (looked === undefined) return <p class="loading">Trying…</p>;
  const errors = looked.problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0)
    return (
      <ul class="verdicts card problems">
        {errors.map(({ line, column, message, hint }, index) => (
          <li key={index}>
            <span class="mono quiet">
              {line}:{column}
            </span>{' '}
            {message}
            {hint && <p class="quiet">{hint}</p>}
          </li>
        ))}
      </ul>
    );
  if (!picked) return <p class="empty">Pick an event to see what would happen with it.</p>;
  if (looked.tried === undefined) return <p class="loading">Trying…</p>;
  return (
    <ul class="verdicts card" aria-live="polite">
      {looked.tried.map((one) => (
        <Workflow key={one.name} tried={one} />
      ))}
    </ul>
  );
}

const words: Readonly<Record<Tried['verdict'], string>> = {
  taken: 'takes it',
  fails: 'takes it, and its run fails at once',
  false: 'does not: this is false',
  'other-event': 'waits for',
};

function Workflow({ tried }: { readonly tried: Tried }) {
  const { name, verdict, on, term, steps } = tried;
  return (
    <li class="verdict">
      <div class="line">
        <span class={verdict === 'taken' ? 'good' : 'calm'}>
          <Icon name={verdict === 'taken' ? 'check' : 'skip'} />
        </span>
        <strong>{name}</strong>
        <span class="quiet">
          {words[verdict]} {verdict === 'other-event' && on.join(', ')}
        </span>
        {term && <span class="quiet mono at">{term.at}</span>}
      </div>
      {term && (
        <div class="below">
          <pre class="term">{term.text}</pre>
          <dl class="seen">
            {term.values.map(({ path, shown }) => (
              <div key={path}>
                <dt class="mono">{path}</dt>
                <dd class="mono">{shown}</dd>
              </div>
            ))}
          </dl>
        </div>
      )}
      {steps.map((step) => (
        <Step key={step.id} step={step} />
      ))}
    </li>
  );
}

function Step({ step }: { readonly step: Tried['steps'][number] }) {
  const { id, connection, action, is, input, note, at, reads } = step;
  return (
    <details class="below" open>
      <summary>
        <strong>{id}</strong>{' '}
        <span class="quiet mono">
          {connection} · {action}
        </span>{' '}
        {is === 'skipped' && <span class="calm">skipped</span>}
        {is === 'fails' && <span class="bad">fails</span>}
      </summary>
      {note && (
        <p class={is === 'fails' ? 'bad' : 'quiet'}>
          {note} {at && <span class="mono">{at}</span>}
        </p>
      )}
      {input !== undefined && (
        <div class="value-box">
          <Json value={input} open={3} />
        </div>
      )}
      {reads.length > 0 && <p class="quiet small">With made-up answers of {reads.join(', ')}.</p>}
    </details>
  );
}
