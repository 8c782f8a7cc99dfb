// One step: what it was given, what came back, and every attempt.

import type { AttemptView } from '../../api/attempt-view.ts';
import type { StepView } from '../../api/run-view.ts';
import { Copy } from './copy.tsx';
import { Json } from './json.tsx';
import { Status } from './status.tsx';
import { durationOf, When } from './when.tsx';
import { ProblemText } from './words.tsx';

interface StepParts {
  readonly step: StepView;
  /** What its run needs next. */
  readonly connection: string;
  readonly attempts: readonly AttemptView[];
}

export function Step({ step, connection, attempts }: StepParts) {
  const last = attempts.at(-1);
  return (
    <article class="card step" aria-label={`Step ${step.id}`}>
      <header>
        <h3>
          {step.id}
          {last && (
            <span class="quiet mono">
              {last.connection} · {last.action}
            </span>
          )}
        </h3>
        <Status status={step.status} reason={step.reason} connection={connection} />
      </header>
      <div class="body stack close" hidden={isEmpty(step, attempts)}>
        {step.note && <p>{step.note}</p>}
        {step.error && !last?.error && <ProblemText error={step.error} />}
        {step.dueAt && (
          <p>
            Next try <When at={step.dueAt} />
          </p>
        )}
        {(step.input !== undefined || step.output !== undefined) && (
          <div class="columns narrow">
            {step.input !== undefined && <Value title="Sent" value={step.input} />}
            {step.output !== undefined && <Value title="Came back" value={step.output} />}
          </div>
        )}
        {attempts.length > 0 && <Attempts attempts={attempts} />}
      </div>
    </article>
  );
}

/** Nothing is known of it yet. */
function isEmpty({ note, error, dueAt, input, output }: StepView, attempts: readonly AttemptView[]): boolean {
  return !note && !error && !dueAt && input === undefined && output === undefined && attempts.length === 0;
}

function Value({ title, value }: { readonly title: string; readonly value: unknown }) {
  return (
    <div class="value-box">
      <h4>{title}</h4>
      <Json value={value} open={3} />
    </div>
  );
}

function Attempts({ attempts }: { readonly attempts: readonly AttemptView[] }) {
  return (
    <details open={attempts.length > 1 || attempts.some(({ status }) => status !== 'succeeded')}>
      <summary class="fold">{attempts.length === 1 ? '1 attempt' : `${attempts.length} attempts`}</summary>
      <ol class="attempts">
        {attempts.map((attempt, index) => (
          <li key={attempt.id}>
            <span class="quiet number">#{attempt.number}</span>
            <Status status={attempt.status} />
            <When at={attempt.begunAt} short />
            <span class="quiet number">{tookOf(attempt)}</span>
            <div class="said-of-it">
              {sentOf(attempt) && <span class="quiet">{sentOf(attempt)}</span>}
              {attempt.late && <span class="doubt">came late: evidence only</span>}
              {attempt.error && <ProblemText error={attempt.error} />}
            </div>
            {attempt.key !== attempts[index - 1]?.key && <Copy text={attempt.key}>copy key</Copy>}
          </li>
        ))}
      </ol>
    </details>
  );
}

function tookOf({ begunAt, endedAt }: AttemptView): string {
  return endedAt === null ? '' : durationOf(Date.parse(endedAt) - Date.parse(begunAt));
}

/** Only where it matters: what was rejected, or may be tried again, did nothing either way. */
function sentOf({ sent, status }: AttemptView): string {
  if (sent === false) return 'nothing was sent';
  return sent === null && status === 'in_doubt' ? 'not known whether it was sent' : '';
}
