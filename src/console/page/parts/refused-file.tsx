// The workflow file as it is now, when it was refused: every problem with its lines.

import type { ConfigAnswer } from '../../api/config.ts';
import { useData } from '../live.ts';
import { Icon } from './icon.tsx';
import { When } from './when.tsx';

export function RefusedFile() {
  const refused = useData<ConfigAnswer>('/config').value?.refused ?? null;
  if (refused === null) return null;
  return (
    <section class="note refused-file" aria-label="Refused file">
      <h2>
        <Icon name="warning" /> The file as it is now was refused
      </h2>
      <p>
        {refused.why}. Since <When at={refused.at} short /> the last accepted one goes on; mend these places and the
        file is taken by itself.
      </p>
      {refused.problems.map((problem, index) => (
        <pre key={index}>{problem.shown}</pre>
      ))}
    </section>
  );
}
