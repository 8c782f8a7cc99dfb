// One run: what it is about, the question it asks, its steps on a time axis, every attempt with input and answer.

import type { RunDetail } from '../../api/run-view.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from '../parts/act.tsx';
import { Doubt } from '../parts/doubt.tsx';
import { HeldAct, HeldWhy } from '../parts/held.tsx';
import { Status } from '../parts/status.tsx';
import { Step } from '../parts/step.tsx';
import { Timeline } from '../parts/timeline.tsx';
import { durationOf, When } from '../parts/when.tsx';
import { Heading, Loaded, ProblemText } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Run({ route: { path } }: ScreenParts) {
  const id = path[1] ?? '';
  const data = useData<RunDetail>(`/runs/${encodeURIComponent(id)}`);
  return (
    <Loaded data={data} title="Run">
      {(run) => <Whole run={run} reload={data.reload} />}
    </Loaded>
  );
}

interface WholeParts {
  readonly run: RunDetail;
  readonly reload: () => void;
}

function Whole({ run, reload }: WholeParts) {
  return (
    <>
      <Heading
        title={run.workflow}
        over={
          <>
            <a href={linkTo(['runs'])}>Runs</a> · <span class="mono">{run.id}</span>
          </>
        }
      >
        <Actions run={run} reload={reload} />
      </Heading>
      <div class="stack">
        <Facts run={run} />
        {run.status === 'held' && run.reason !== 'in_doubt' && (
          <section class="note line apart" aria-label="What it waits for">
            <HeldWhy run={run} />
            <HeldAct run={run} reload={reload} />
          </section>
        )}
        {run.questions.map((question) => (
          <Doubt key={question.attemptId} run={run} question={question} done={reload} />
        ))}
        <section aria-label="Timeline">
          <header>
            <h2>Timeline</h2>
          </header>
          <Timeline run={run} />
        </section>
        <section aria-label="Steps">
          <header>
            <h2>Steps</h2>
          </header>
          <div class="stack close">
            {run.steps.map((step) => (
              <Step
                key={step.id}
                step={step}
                connection={run.connection}
                attempts={run.attempts.filter((attempt) => attempt.step === step.id)}
              />
            ))}
          </div>
        </section>
      </div>
    </>
  );
}

function Facts({ run }: { readonly run: RunDetail }) {
  return (
    <dl class="facts">
      <dt>Status</dt>
      <dd>
        <Status status={run.status} reason={run.reason} connection={run.connection} />
      </dd>
      {run.error && (
        <>
          <dt>Why</dt>
          <dd>
            <ProblemText error={run.error} />
          </dd>
        </>
      )}
      <dt>Event</dt>
      <dd>
        <a href={linkTo(['events', run.eventId])}>{run.event?.type ?? run.eventId}</a>
        {run.event && <span class="quiet"> from {run.event.source}</span>}
      </dd>
      <Moment label="Created" at={run.createdAt} />
      <Moment label="Held since" at={heldSince(run)} />
      {run.startedAt && run.endedAt && (
        <>
          <dt>Took</dt>
          <dd>{durationOf(Date.parse(run.endedAt) - Date.parse(run.startedAt))}</dd>
        </>
      )}
      <Moment label="Goes on" at={run.dueAt} />
      <dt>File</dt>
      <dd class="mono">{run.config.slice(0, 12)}</dd>
    </dl>
  );
}

function Moment({ label, at }: { readonly label: string; readonly at: string | null }) {
  if (at === null) return null;
  return (
    <>
      <dt>{label}</dt>
      <dd>
        <When at={at} />
      </dd>
    </>
  );
}

/** The question of a step in doubt says it itself. */
function heldSince({ status, reason, steps }: RunDetail): string | null {
  if (status !== 'held' || reason === 'in_doubt') return null;
  const times = steps.flatMap((step) => (step.status === 'held' && step.heldAt !== null ? [step.heldAt] : []));
  return times.toSorted()[0] ?? null;
}

function Actions({ run, reload }: WholeParts) {
  const ended = run.endedAt !== null;
  const path = `/runs/${encodeURIComponent(run.id)}`;
  return (
    <>
      {(run.status === 'failed' || run.status === 'canceled') && (
        <Act
          label="Retry"
          kind="main"
          ask={<p>Goes on where it stopped. Steps that are done are not run again.</p>}
          act={(form) => post(`${path}/retry`, { latest: form.get('latest') === 'on' })}
          done={reload}
        >
          <label class="choice">
            <input type="checkbox" name="latest" /> by the workflow file as it is now, not as the run began
          </label>
        </Act>
      )}
      {!ended && (
        <Act
          label="Cancel run"
          kind="danger"
          ask={<p>The run ends here. What its steps already did stays done.</p>}
          act={() => post(`${path}/cancel`)}
          done={reload}
        />
      )}
      <Act
        label="Replay as new"
        ask={
          <p>
            Starts over: a new run of <strong>{run.workflow}</strong> for the same event, with new keys. Every effect
            happens once more.
          </p>
        }
        act={() => post(`/events/${encodeURIComponent(run.eventId)}/replay`, { workflow: run.workflow })}
        done={reload}
      />
    </>
  );
}
