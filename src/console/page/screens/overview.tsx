// The last hour at a glance.

import type { OverviewAnswer } from '../../api/overview.ts';
import { useData } from '../live.ts';
import { Chart } from '../parts/chart.tsx';
import { Status } from '../parts/status.tsx';
import { agoOf } from '../parts/when.tsx';
import { RefusedFile } from '../parts/refused-file.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

export function Overview() {
  const data = useData<OverviewAnswer>('/overview');
  return (
    <>
      <Heading title="Overview" />
      <RefusedFile />
      <Loaded data={data}>
        {(overview) => (
          <div class="stack">
            <Figures overview={overview} />
            <section aria-label="Deliveries of the last hour">
              <header>
                <h2>Deliveries, last hour</h2>
                <Legend words={['accepted', 'duplicate', 'refused']} />
              </header>
              <Chart minutes={overview.minutes} words={['accepted', 'duplicate', 'refused']} />
            </section>
            <section aria-label="Runs of the last hour">
              <header>
                <h2>Runs, last hour</h2>
                <Legend words={['succeeded', 'held', 'failed']} />
              </header>
              <Chart minutes={overview.minutes} words={['succeeded', 'held', 'failed']} />
            </section>
            <PausedWorkflows names={overview.pausedWorkflows} />
            <Connections overview={overview} />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Figures({ overview }: { readonly overview: OverviewAnswer }) {
  const { attention, open, minutes, oldestDueAt, now, store, pausedWorkflows } = overview;
  const accepted = minutes.reduce((sum, minute) => sum + minute.accepted, 0);
  const held = attention.credentials + attention.paused + attention.missing;
  const waits = open.events + open.pending + open.waiting;
  const late = oldestDueAt === null ? 0 : Date.parse(now) - Date.parse(oldestDueAt);
  return (
    <ul class="figures">
      <Figure label="Events, last hour" value={accepted} link={linkTo(['events'])} />
      <Figure label="In doubt" value={attention.inDoubt} tone="doubt" link={linkTo(['attention'])} />
      <Figure label="Held" value={held} tone="doubt" link={linkTo(['attention'])} note={pausedOf(pausedWorkflows)} />
      <Figure label="Dead letters" value={attention.failed} tone="bad" link={linkTo(['attention'])} />
      <Figure
        label="Waiting"
        value={waits}
        link={linkTo(['runs'], { status: 'waiting' })}
        note={
          late > 5000 && oldestDueAt !== null ? `oldest ${agoOf(Date.parse(oldestDueAt), Date.parse(now))}` : undefined
        }
      />
      <Figure label="Stored" text={sizeOf(store.usedBytes)} note={freeOf(store.diskFreeBytes)} />
    </ul>
  );
}

interface FigureParts {
  readonly label: string;
  readonly value?: number;
  readonly text?: string;
  readonly tone?: 'doubt' | 'bad';
  readonly link?: string;
  readonly note?: string | undefined;
}

function Figure({ label, value = 0, text, tone, link, note }: FigureParts) {
  const shown = text ?? value.toLocaleString();
  return (
    <li class="card">
      <span class="label">{label}</span>
      <span class={`value ${value > 0 ? (tone ?? '') : ''}`}>{link ? <a href={link}>{shown}</a> : shown}</span>
      {note && <span class="quiet small">{note}</span>}
    </li>
  );
}

function Legend({ words }: { readonly words: readonly string[] }) {
  return (
    <ul class="legend">
      {words.map((word) => (
        <li key={word} class={`of-${word}`}>
          {word}
        </li>
      ))}
    </ul>
  );
}

function PausedWorkflows({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <section aria-label="Paused workflows">
      <header>
        <h2>Paused workflows</h2>
        <a href={linkTo(['workflows'])}>all workflows</a>
      </header>
      <ul class="chips">
        {names.map((name) => (
          <li key={name} class="card">
            <a href={linkTo(['workflows', name])}>{name}</a> <Status status="paused" />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Connections({ overview }: { readonly overview: OverviewAnswer }) {
  const { connections } = overview;
  return (
    <section aria-label="Connections">
      <header>
        <h2>Connections</h2>
        <a href={linkTo(['connections'])}>all connections</a>
      </header>
      {connections.length === 0 ? (
        <Empty>The workflow file uses no connection.</Empty>
      ) : (
        <ul class="chips">
          {connections.map(({ name, status, reason }) => (
            <li key={name} class="card">
              <strong>{name}</strong>{' '}
              <Status status={status} reason={reason === 'credentials' ? 'credentials' : null} />
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

function pausedOf({ length }: OverviewAnswer['pausedWorkflows']): string | undefined {
  if (length === 0) return undefined;
  return length === 1 ? '1 workflow paused' : `${length} workflows paused`;
}

function sizeOf(bytes: number): string {
  const [unit, size] =
    bytes >= 1e9 ? (['GB', 1e9] as const) : bytes >= 1e6 ? (['MB', 1e6] as const) : (['kB', 1e3] as const);
  return `${(bytes / size).toFixed(bytes >= 1e6 ? 1 : 0)} ${unit}`;
}

function freeOf(bytes: number | null): string | undefined {
  return bytes === null ? undefined : `${sizeOf(bytes)} free`;
}
