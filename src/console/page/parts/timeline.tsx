// Steps and attempts on one time axis. The same facts stand as text below it, so this picture is hidden from readers.

import type { RunDetail } from '../../api/run-view.ts';
import { Status } from './status.tsx';
import { durationOf, useNow } from './when.tsx';

interface Bar {
  readonly key: string;
  readonly from: number;
  readonly to: number;
  readonly tone: string;
  readonly title: string;
}

const tones: Readonly<Record<string, string>> = {
  succeeded: 'good',
  rejected: 'bad',
  retryable: 'busy',
  in_doubt: 'doubt',
  interrupted: 'calm',
  begun: 'busy',
};

export function Timeline({ run }: { readonly run: RunDetail }) {
  const now = useNow();
  const start = Date.parse(run.createdAt);
  const end = Math.max(
    start + 1,
    run.endedAt === null ? now : Date.parse(run.endedAt),
    ...run.attempts.map(endOf(now)),
  );
  const span = end - start;
  const place = (at: number) => `${(100 * (at - start)) / span}%`;
  return (
    <div class="timeline card" aria-hidden="true">
      <div class="axis">
        {ticksOf(span).map((at) => (
          <span key={at} style={{ left: `${(100 * at) / span}%` }}>
            {at === 0 ? '0' : durationOf(at)}
          </span>
        ))}
      </div>
      {run.steps.map((step) => (
        <div class="lane" key={step.id}>
          <div class="name">
            <Status status={step.status} reason={step.reason} connection={run.connection} compact={step.id} />
          </div>
          <div class="track">
            {ticksOf(span).map((at) => (
              <i key={at} style={{ left: `${(100 * at) / span}%` }} />
            ))}
            {barsOf(run, step.id, now).map(({ key, from, to, tone, title }) => (
              <span
                key={key}
                class={`bar ${tone}`}
                title={title}
                style={{ left: place(from), width: `max(4px, ${(100 * (to - from)) / span}%)` }}
              />
            ))}
          </div>
        </div>
      ))}
    </div>
  );
}

const seconds = [0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30];
const minutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 7200, 14_400, 43_200];
const tickSteps = [...seconds.map((count) => count * 1000), ...minutes.map((count) => count * 60_000)];

/** Round times, at most six of them; the last one leaves room for its words. */
function ticksOf(span: number): readonly number[] {
  const step = tickSteps.find((one) => span / one <= 5.4) ?? span / 5;
  return Array.from({ length: Math.floor(span / step) + 1 }, (_, index) => index * step);
}

/** Attempts as bars, and the waits between them as lines. */
function barsOf(run: RunDetail, step: string, now: number): Bar[] {
  const attempts = run.attempts.filter((attempt) => attempt.step === step);
  return attempts.flatMap((attempt, index): Bar[] => {
    const from = Date.parse(attempt.begunAt);
    const to = endOf(now)(attempt);
    const next = attempts[index + 1];
    const title = `${step}, attempt ${attempt.number}: ${attempt.status.replaceAll('_', ' ')}, ${durationOf(to - from)}`;
    const bar = { key: attempt.id, from, to, tone: tones[attempt.status] ?? 'calm', title };
    if (next === undefined) return [bar];
    const until = Date.parse(next.begunAt);
    return [
      bar,
      { key: `${attempt.id}-wait`, from: to, to: until, tone: 'wait', title: `waits ${durationOf(until - to)}` },
    ];
  });
}

function endOf(now: number) {
  return ({ endedAt, begunAt }: RunDetail['attempts'][number]) =>
    endedAt === null ? Math.max(now, Date.parse(begunAt)) : Date.parse(endedAt);
}
