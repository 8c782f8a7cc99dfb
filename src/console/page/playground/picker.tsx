// The event of the playground: a stored one, a sample, or a body that is typed.

import { useEffect, useState } from 'preact/hooks';
import type { EventsAnswer } from '../../api/events.ts';
import type { SamplesAnswer } from '../../api/playground-schema.ts';
import { useData } from '../live.ts';

export type PickedEvent =
  | { readonly event: string }
  | { readonly source: string; readonly type: string; readonly body: unknown };

interface PickerParts {
  /** Id of a stored event from the address. */
  readonly given: string | undefined;
  /** The workflow text: a sample that it names is the first choice. */
  readonly text: string;
  readonly onPick: (event: PickedEvent | undefined) => void;
}

export function EventPicker({ given, text, onPick }: PickerParts) {
  const samples = useData<SamplesAnswer>('/playground/samples', {}, { live: false }).value?.items ?? [];
  const stored = useData<EventsAnswer>('/events', { limit: '20' }, { live: false }).value?.items ?? [];
  const [choice, setChoice] = useState(given ?? '');
  const [body, setBody] = useState<string>();
  const [bad, setBad] = useState<string>();
  const sample = samples.find(({ source, type }) => choice === `${source}:${type}`);
  useEffect(() => {
    const names = samples.map(({ source, type }) => `${source}:${type}`);
    const first = names.find((name) => text.includes(name)) ?? names[0];
    if (choice === '' && first !== undefined) setChoice(first);
  }, [samples.length]);
  useEffect(() => setBody(sample && JSON.stringify(sample.body, null, 2)), [sample]);
  useEffect(() => {
    if (choice.startsWith('evt_')) return onPick({ event: choice });
    if (sample === undefined || body === undefined) return onPick(undefined);
    const parsed = parse(body);
    setBad(parsed.ok ? undefined : parsed.why);
    if (parsed.ok) onPick({ source: sample.source, type: sample.type, body: parsed.value });
  }, [choice, body, sample]);
  return (
    <div class="picker">
      <label>
        <span class="unseen">Event</span>
        <select value={choice} onChange={(event) => setChoice(event.currentTarget.value)}>
          <optgroup label="Samples">
            {samples.map(({ source, type }) => (
              <option key={`${source}:${type}`} value={`${source}:${type}`}>
                {source}:{type}
              </option>
            ))}
          </optgroup>
          <optgroup label="Stored, newest first">
            {given !== undefined && !stored.some(({ id }) => id === given) && <option value={given}>{given}</option>}
            {stored.map(({ id, type, receivedAt }) => (
              <option key={id} value={id}>
                {type} {new Date(receivedAt).toLocaleTimeString()} {id.slice(-6)}
              </option>
            ))}
          </optgroup>
        </select>
      </label>
      {sample && body !== undefined && <Body text={body} bad={bad} onText={setBody} />}
    </div>
  );
}

interface BodyParts {
  readonly text: string;
  readonly bad: string | undefined;
  readonly onText: (text: string) => void;
}

function Body({ text, bad, onText }: BodyParts) {
  return (
    <details>
      <summary class="fold">Its body, to be changed at will</summary>
      <textarea
        aria-label="Body of the event"
        rows={12}
        spellcheck={false}
        value={text}
        onInput={(event) => onText(event.currentTarget.value)}
      />
      {bad && <p class="bad">{bad}</p>}
    </details>
  );
}

function parse(
  text: string,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string } {
  try {
    return { ok: true, value: JSON.parse(text) as unknown };
  } catch (error) {
    return { ok: false, why: error instanceof Error ? error.message : 'this is no JSON' };
  }
}
