// A status as an icon and its own word; colour only repeats what both say.

import { Icon, type IconName } from './icon.tsx';

type Tone = 'good' | 'bad' | 'doubt' | 'busy' | 'calm';

const marks: Readonly<Record<string, readonly [IconName, Tone]>> = {
  accepted: ['check', 'good'],
  duplicate: ['repeat', 'calm'],
  refused: ['cross', 'bad'],
  matched: ['check', 'good'],
  ignored: ['skip', 'calm'],
  pending: ['clock', 'calm'],
  running: ['play', 'busy'],
  waiting: ['clock', 'busy'],
  held: ['pause', 'doubt'],
  succeeded: ['check', 'good'],
  failed: ['cross', 'bad'],
  canceled: ['stop', 'calm'],
  skipped: ['skip', 'calm'],
  begun: ['play', 'busy'],
  rejected: ['cross', 'bad'],
  retryable: ['repeat', 'busy'],
  in_doubt: ['question', 'doubt'],
  interrupted: ['stop', 'calm'],
  ok: ['check', 'good'],
  paused: ['pause', 'doubt'],
  open: ['warning', 'bad'],
  works: ['check', 'good'],
  does_not_work: ['cross', 'bad'],
};

interface StatusParts {
  readonly status: string;
  /** Of a held run; it is what a person has to know. */
  readonly reason?: string | null;
  /** What the run needs next: a pause is of this connection, or, when it is empty, of the workflow. */
  readonly connection?: string;
  /** Shown in place of the word, which is then only said and a hint: the name of a step. */
  readonly compact?: string;
}

export function Status({ status, reason, connection, compact }: StatusParts) {
  const word = reason === 'in_doubt' ? 'in_doubt' : status;
  const [icon, tone] = marks[word] ?? ['dot', 'calm'];
  const said = reason ? `${wordsOf(status)}: ${reasonWords(reason, connection)}` : wordsOf(status);
  return (
    <span class={`status ${tone}`} title={compact && `${compact}: ${said}`}>
      <Icon name={icon} />
      {compact ? (
        <>
          {compact} <span class="unseen">{said}</span>
        </>
      ) : (
        said
      )}
    </span>
  );
}

function reasonWords(reason: string, connection: string | undefined): string {
  if (reason !== 'paused' || connection === undefined || connection === '*') return wordsOf(reason);
  return connection === '' ? 'workflow paused' : 'connection paused';
}

export function wordsOf(word: string): string {
  return word.replaceAll('_', ' ');
}
