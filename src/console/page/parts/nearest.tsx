// In one line: which workflow was closest to taking an event, and what was false.

import type { EventSummary } from '../../api/events.ts';

interface NearestParts {
  readonly nearest: NonNullable<EventSummary['nearest']>;
  readonly type: string;
}

export function Nearest({ nearest, type }: NearestParts) {
  const { reason, workflow, text, values, certain } = nearest;
  const unsure = !certain && <span class="quiet"> by the file as it is now</span>;
  if (reason === 'false')
    return (
      <div class="nearest">
        <span class="quiet">{workflow}:</span> <code>{text}</code> <span class="quiet">is false</span>
        {unsure}
        {values.slice(0, 2).map(({ path, shown }) => (
          <p key={path} class="small">
            <span class="mono quiet">{path}</span> <span class="mono cut">{shown}</span>
          </p>
        ))}
      </div>
    );
  return (
    <span class="quiet">
      {wordsFor(reason, workflow ?? '', type, text)}
      {unsure}
    </span>
  );
}

function wordsFor(reason: NearestParts['nearest']['reason'], workflow: string, type: string, text: string): string {
  switch (reason) {
    case 'other-event':
      return `no workflow waits for ${type}`;
    case 'would-take':
      return `${workflow} would take it`;
    case 'unreadable':
      return `it cannot be read: ${text}`;
    default:
      return 'the file has no workflow';
  }
}
