// The workflows of the file in use.

import type { WorkflowsAnswer, WorkflowView } from '../../api/workflows.ts';
import type { ConfigAnswer } from '../../api/config.ts';
import { useData } from '../live.ts';
import { RefusedFile } from '../parts/refused-file.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

export function Workflows() {
  const data = useData<WorkflowsAnswer>('/workflows');
  return (
    <>
      <Heading
        title="Workflows"
        over={
          data.value && (
            <>
              <span class="mono">{data.value.file}</span> · <span class="mono">{data.value.hash.slice(0, 12)}</span>
            </>
          )
        }
      />
      <RefusedFile />
      <LastLoad />
      <Loaded data={data}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty next={<code>npx hookline check</code>}>The file holds no workflow yet.</Empty>
          ) : (
            <Table rows={items} />
          )
        }
      </Loaded>
    </>
  );
}

/** What the last load since the start changed. */
function LastLoad() {
  const last = useData<ConfigAnswer>('/config').value?.last ?? null;
  if (last === null) return null;
  const { added, removed, changed } = last.workflows;
  const changes = [
    ['added', added],
    ['changed', changed],
    ['removed', removed],
  ] as const;
  return (
    <section class="card last-load" aria-label="Last load">
      <span>
        Last loaded <When at={last.at} short />
      </span>
      {changes.flatMap(([word, names]) =>
        names.length === 0 ? [] : [<span key={word} class={word}>{`${word} ${names.join(', ')}`}</span>],
      )}
      {changes.every(([, names]) => names.length === 0) && <span class="quiet">no workflow changed</span>}
    </section>
  );
}

function Table({ rows }: { readonly rows: readonly WorkflowView[] }) {
  return (
    <div class="scroll">
      <table class="workflow-list">
        <caption class="unseen">Workflows, in the order of the file</caption>
        <thead>
          <tr>
            <th scope="col">Workflow</th>
            <th scope="col">Waits for</th>
            <th scope="col">Steps</th>
            <th scope="col" class="number">
              Succeeded, 24 h
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="number">
              Held
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ name, description, on, steps, day }) => (
            <tr key={name}>
              <th scope="row">
                <a href={linkTo(['workflows', name])}>{name}</a>
                {description && <p class="quiet small">{description}</p>}
              </th>
              <td class="mono">{on.join(', ')}</td>
              <td>{steps.map(({ id }) => id).join(' → ')}</td>
              <td class="number">{day.succeeded}</td>
              <td class="number">{day.failed > 0 ? <strong class="bad">{day.failed}</strong> : 0}</td>
              <td class="number">{day.held > 0 ? <strong class="doubt">{day.held}</strong> : 0}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
