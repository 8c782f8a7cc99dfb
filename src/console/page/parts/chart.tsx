// Sixty minutes as bars, each stacked from what happened in it; a table says the same to who cannot see it.

import type { OverviewAnswer } from '../../api/overview.ts';

type Minute = OverviewAnswer['minutes'][number];
type Word = Exclude<keyof Minute, 'at'>;

const width = 600;
const height = 84;
const clock = new Intl.DateTimeFormat(undefined, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });

export function Chart({ minutes, words }: { readonly minutes: readonly Minute[]; readonly words: readonly Word[] }) {
  const sumOf = (minute: Minute) => words.reduce((sum, word) => sum + minute[word], 0);
  const most = Math.max(1, ...minutes.map(sumOf));
  const step = width / minutes.length;
  const total = minutes.reduce((sum, minute) => sum + sumOf(minute), 0);
  return (
    <figure class="chart card">
      <svg viewBox={`0 0 ${width} ${height}`} preserveAspectRatio="none" aria-hidden="true">
        {minutes.map((minute, index) => {
          let top = height;
          return (
            <g key={minute.at}>
              <title>{`${clock.format(new Date(minute.at))}: ${words.map((word) => `${minute[word]} ${word}`).join(', ')}`}</title>
              <rect class="hover" x={index * step} y={0} width={step} height={height} />
              {words.map((word) => {
                const size = minute[word] === 0 ? 0 : Math.max(2, (minute[word] / most) * (height - 6));
                top -= size;
                return size === 0 ? null : (
                  <rect key={word} class={`of-${word}`} x={index * step + 1} y={top} width={step - 2} height={size} />
                );
              })}
            </g>
          );
        })}
      </svg>
      <figcaption>
        <span>{clock.format(new Date(minutes[0]?.at ?? 0))}</span>
        <span>{total === 0 ? 'nothing in the last hour' : `at most ${most.toLocaleString()} a minute`}</span>
        <span>now</span>
      </figcaption>
      <p class="unseen">
        In the last hour:{' '}
        {words.map((word) => `${minutes.reduce((sum, minute) => sum + minute[word], 0)} ${word}`).join(', ')}.
      </p>
    </figure>
  );
}
