// How far the bulk change is, with the button that stops it.

import type { BulkView } from '../../api/bulk.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from './act.tsx';
import { When } from './when.tsx';

export function Bulk() {
  const data = useData<BulkView>('/bulk');
  const job = data.value;
  if (job === undefined || job.state === 'none') return null;
  const { state, action, total, done, failed, lastError, startedAt } = job;
  return (
    <section class="card bulk" aria-label="Bulk change">
      <header>
        <h2>
          {action} {total} runs: {state}
        </h2>
        {state === 'running' && <Act label="Stop" act={() => post('/bulk/stop')} done={data.reload} />}
      </header>
      <div class="body stack close">
        <progress max={total} value={done + failed} aria-label={`${done + failed} of ${total}`} />
        <p class="quiet">
          {done} done{failed > 0 && `, ${failed} could not be changed`}; started <When at={startedAt} short />
        </p>
        {lastError && <p class="bad">{lastError}</p>}
      </div>
    </section>
  );
}
