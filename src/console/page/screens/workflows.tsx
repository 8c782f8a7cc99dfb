// The workflows of the file in use.

import type { WorkflowsAnswer, WorkflowView } from '../../api/workflows.ts';
import type { ConfigAnswer } from '../../api/config.ts';
import type { OverviewAnswer } from '../../api/overview.ts';
import { useData } from '../live.ts';
import { RefusedFile } from '../parts/refused-file.tsx';
import { PausedSince, Pausing } from '../parts/pausing.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo } from '../route.ts';
import { useRole } from '../session.ts';

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
      {data.value && <Gone known={data.value.items} />}
      <Loaded data={data}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty next={<code>npx hookline check</code>}>The file holds no workflow yet.</Empty>
          ) : (
            <Table rows={items} reload={data.reload} />
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

/** Paused ones that have left the file: their runs are held all the same. */
function Gone({ known }: { readonly known: readonly WorkflowView[] }) {
  const data = useData<OverviewAnswer>('/overview');
  const gone = (data.value?.pausedWorkflows ?? []).filter((name) => known.every((one) => one.name !== name));
  if (gone.length === 0) return null;
  return (
    <div class="stack close before">
      {gone.map((name) => (
        <section key={name} class="note line apart" aria-label={`Paused: ${name}`}>
          <p>
            <Status status="paused" /> <strong>{name}</strong> is paused and no longer in the file. Its runs are held
            until it is resumed.
          </p>
          <Pausing of="workflows" name={name} paused reload={data.reload} />
        </section>
      ))}
    </div>
  );
}

interface TableParts {
  readonly rows: readonly WorkflowView[];
  readonly reload: () => void;
}

function Table({ rows, reload }: TableParts) {
  const operator = useRole() === 'operator';
  return (
    <div class="scroll">
      <table class="workflow-list">
        <caption class="unseen">Workflows, in the order of the file</caption>
        <thead>
          <tr>
            <th scope="col">Workflow</th>
            <th scope="col" class="wide">
              Waits for
            </th>
            <th scope="col" class="wide">
              Steps
            </th>
            <th scope="col" class="number wide">
              Succeeded, 24 h
            </th>
            <th scope="col" class="number">
              Failed
            </th>
            <th scope="col" class="number">
              Held
            </th>
            {operator && (
              <th scope="col">
                <span class="unseen">Pause or resume</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <Row key={row.name} row={row} operator={operator} reload={reload} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowParts extends Pick<TableParts, 'reload'> {
  readonly row: WorkflowView;
  readonly operator: boolean;
}

function Row({ row: { name, description, on, steps, day, pausedSince }, operator, reload }: RowParts) {
  return (
    <tr>
      <th scope="row">
        <a href={linkTo(['workflows', name])}>{name}</a>
        <PausedSince at={pausedSince} />
        {description && <p class="quiet small wide">{description}</p>}
      </th>
      <td class="mono wide">{on.join(', ')}</td>
      <td class="wide steps-of">{steps.map(({ id }) => id).join(', ')}</td>
      <td class="number wide">{day.succeeded}</td>
      <td class="number">{day.failed > 0 ? <strong class="bad">{day.failed}</strong> : 0}</td>
      <td class="number">{day.held > 0 ? <strong class="doubt">{day.held}</strong> : 0}</td>
      {operator && (
        <td class="act">
          <Pausing of="workflows" name={name} paused={pausedSince !== null} reload={reload} />
        </td>
      )}
    </tr>
  );
}
