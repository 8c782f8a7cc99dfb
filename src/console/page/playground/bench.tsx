// Text on one side, event and what would happen on the other.

import { useEffect, useRef, useState } from 'preact/hooks';
import type { ConfigAnswer } from '../../api/config.ts';
import type { CheckAnswer, TryAnswer } from '../../api/playground-schema.ts';
import { get, post, type Failure } from '../api.ts';
import { Trouble } from '../parts/words.tsx';
import type { ScreenParts } from '../route.ts';
import { Editor } from './editor.tsx';
import { EventPicker, type PickedEvent } from './picker.tsx';
import { Outcome } from './outcome.tsx';

const pauseMs = 300;

export function Bench({ route: { query } }: ScreenParts) {
  const [start, setStart] = useState<string>();
  const [text, setText] = useState('');
  const [event, setEvent] = useState<PickedEvent>();
  const { looked, failure } = useLook(start === undefined ? undefined : text, event);
  useEffect(() => {
    const read = async () => {
      const answer = await get<ConfigAnswer>('/config');
      const live = answer.ok ? (answer.value.live?.text ?? '') : '';
      const own = live.startsWith('[') ? firstFile(live) : live;
      setStart(own);
      setText(own);
    };
    void read();
  }, []);
  if (start === undefined) return <p class="loading">Loading…</p>;
  return (
    <div class="bench">
      <section aria-label="Workflow text">
        <header>
          <h2>Workflow file</h2>
          <Tally looked={looked} />
        </header>
        <Editor start={start} problems={looked?.problems ?? []} onText={setText} />
      </section>
      <section aria-label="What would happen">
        <header>
          <h2>Event</h2>
        </header>
        <EventPicker given={query['event']} text={start} onPick={setEvent} />
        {failure && <Trouble failure={failure} />}
        <Outcome looked={looked} picked={event !== undefined} />
      </section>
    </div>
  );
}

type Looked = CheckAnswer & Partial<Pick<TryAnswer, 'tried'>>;

/** What the server says to the text and the event, a moment after they were last changed. */
function useLook(text: string | undefined, event: PickedEvent | undefined) {
  const [looked, setLooked] = useState<Looked>();
  const [failure, setFailure] = useState<Failure>();
  const turn = useRef(0);
  useEffect(() => {
    if (text === undefined) return undefined;
    const look = async () => {
      turn.current += 1;
      const mine = turn.current;
      const answer = await (event === undefined
        ? post<CheckAnswer>('/playground/check', { text })
        : tryIt(text, event));
      if (mine !== turn.current) return;
      setFailure(answer.ok ? undefined : answer.failure);
      if (answer.ok) setLooked(answer.value);
    };
    const timer = setTimeout(() => void look(), pauseMs);
    return () => clearTimeout(timer);
  }, [text, event]);
  return { looked, failure };
}

function tryIt(text: string, event: PickedEvent) {
  return post<TryAnswer>('/playground/try', { text, ...event });
}

/** Several files are kept as a list; the playground takes the first. */
function firstFile(packed: string): string {
  const files = JSON.parse(packed) as readonly { readonly text: string }[];
  return files[0]?.text ?? '';
}

function Tally({ looked }: { readonly looked: CheckAnswer | undefined }) {
  if (looked === undefined) return null;
  const errors = looked.problems.filter(({ severity }) => severity === 'error').length;
  const warnings = looked.problems.length - errors;
  const words = [
    ...(errors > 0 ? [`${errors} error${errors === 1 ? '' : 's'}`] : []),
    ...(warnings > 0 ? [`${warnings} warning${warnings === 1 ? '' : 's'}`] : []),
  ];
  return (
    <span class={errors > 0 ? 'bad' : 'good'} role="status">
      {words.join(', ') || 'no problem'}
    </span>
  );
}
