// The button that pauses a workflow or a connection, and the one that resumes it.

import { post } from '../api.ts';
import { Act } from './act.tsx';
import { Status } from './status.tsx';
import { When } from './when.tsx';

interface PausingParts {
  readonly of: 'workflows' | 'connections';
  readonly name: string;
  readonly paused: boolean;
  readonly reload: () => void;
}

const questions = {
  workflows: 'Its events are taken as before, and its runs wait before their next step until you resume it.',
  connections: 'Runs that need it are held until you resume it.',
};

export function Pausing({ of, name, paused, reload }: PausingParts) {
  const path = `/${of}/${encodeURIComponent(name)}`;
  return paused ? (
    <Act label="Resume" about={name} kind="main" act={() => post(`${path}/resume`)} done={reload} />
  ) : (
    <Act
      label="Pause"
      about={name}
      ask={<p>{questions[of]} Nothing is lost.</p>}
      act={() => post(`${path}/pause`)}
      done={reload}
    />
  );
}

/** Nothing for what is not paused. */
export function PausedSince({ at }: { readonly at: string | null }) {
  if (at === null) return null;
  return (
    <p class="small">
      <Status status="paused" /> <span class="quiet">since</span> <When at={at} short />
    </p>
  );
}
