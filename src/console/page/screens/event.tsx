// One event: how it came, what it holds, which workflows took it, and why each other one did not.

import type { EventDetail } from '../../api/events.ts';
import type { WhyAnswer } from '../../api/why.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from '../parts/act.tsx';
import { Deliveries } from '../parts/deliveries.tsx';
import { Payload } from '../parts/payload.tsx';
import { Status } from '../parts/status.tsx';
import { Verdict } from '../parts/verdict.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Event({ route: { path } }: ScreenParts) {
  const id = encodeURIComponent(path[1] ?? '');
  const data = useData<EventDetail>(`/events/${id}`);
  const why = useData<WhyAnswer>(`/events/${id}/why`);
  return (
    <Loaded data={data} title="Event">
      {(event) => (
        <>
          <Heading
            title={event.type}
            over={
              <>
                <a href={linkTo(['events'])}>Events</a> · <span class="mono">{event.id}</span>
              </>
            }
          >
            <a class="button" href={linkTo(['playground'], { event: event.id })}>
              Try it
            </a>
            <Act
              label="Replay as new"
              ask={
                <p>
                  Starts a new run of every workflow that took this event, with new keys. Every effect happens once
                  more.
                </p>
              }
              act={() => post(`/events/${id}/replay`)}
              done={data.reload}
            />
          </Heading>
          <div class="stack">
            <Facts event={event} />
            <section aria-label="Workflows">
              <header>
                <h2>Why</h2>
                {why.value && <Against why={why.value} />}
              </header>
              <Loaded data={why}>{(answer) => <Why answer={answer} />}</Loaded>
            </section>
            <Payload event={event} />
            <Deliveries rows={event.deliveries.items} more={event.deliveries.next !== null} />
          </div>
        </>
      )}
    </Loaded>
  );
}

function Facts({ event }: { readonly event: EventDetail }) {
  const first = event.deliveries.items.find(({ status }) => status === 'accepted');
  const repeats = event.deliveries.items.filter(({ status }) => status === 'duplicate').length;
  return (
    <dl class="facts">
      <dt>Status</dt>
      <dd>
        <Status status={event.status} />
      </dd>
      <dt>Source</dt>
      <dd>
        {event.source} {first && <span class="good">signature verified</span>}
      </dd>
      <dt>Received</dt>
      <dd>
        <When at={event.receivedAt} />
      </dd>
      {event.time && (
        <>
          <dt>Happened</dt>
          <dd>
            {Number.isNaN(Date.parse(event.time)) ? event.time : <When at={new Date(event.time).toISOString()} />}{' '}
            <span class="quiet">as the sender says</span>
          </dd>
        </>
      )}
      <dt>Dedupe key</dt>
      <dd>
        <code>{event.key}</code> <span class="quiet">by {event.rule}</span>
      </dd>
      <dt>Repeats</dt>
      <dd>{repeats === 0 ? 'none' : `${repeats}, all answered and none run again`}</dd>
    </dl>
  );
}

function Against({ why }: { readonly why: WhyAnswer }) {
  if (why.config === null) return null;
  const { hash, file, live, certain } = why.config;
  return (
    <p class="quiet small">
      by <span class="mono">{file}</span> <span class="mono">{hash.slice(0, 12)}</span>
      {live ? ', the file in use' : ', the file of that time'}
      {!certain && '; not certain that it was the file of that time'}
    </p>
  );
}

function Why({ answer }: { readonly answer: WhyAnswer }) {
  if (answer.problem) return <p class="note">The event cannot be read: {answer.problem}</p>;
  if (answer.workflows.length === 0) return <Empty>There are no workflows.</Empty>;
  const near = answer.workflows.filter(({ verdict }) => verdict !== 'other-event');
  const other = answer.workflows.filter(({ verdict }) => verdict === 'other-event');
  return (
    <ul class="verdicts card">
      {near.map((workflow) => (
        <Verdict key={workflow.name} workflow={workflow} />
      ))}
      {other.length > 3 ? (
        <li>
          <details>
            <summary class="fold">{other.length} workflows wait for other events</summary>
            <ul class="verdicts">
              {other.map((workflow) => (
                <Verdict key={workflow.name} workflow={workflow} />
              ))}
            </ul>
          </details>
        </li>
      ) : (
        other.map((workflow) => <Verdict key={workflow.name} workflow={workflow} />)
      )}
    </ul>
  );
}
