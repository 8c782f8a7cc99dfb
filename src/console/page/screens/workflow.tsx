// One workflow: drawn from the YAML, what each step guarantees, its lines, and its runs.

import type { RunsAnswer } from '../../api/runs.ts';
import type { WorkflowDetail } from '../../api/workflows.ts';
import { useData } from '../live.ts';
import { Graph } from '../parts/graph.tsx';
import { PausedSince, Pausing } from '../parts/pausing.tsx';
import { RunTable } from '../parts/run-table.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';
import { linkTo, type ScreenParts } from '../route.ts';

export function Workflow({ route: { path } }: ScreenParts) {
  const name = path[1] ?? '';
  const data = useData<WorkflowDetail>(`/workflows/${encodeURIComponent(name)}`);
  const runs = useData<RunsAnswer>('/runs', { workflow: name, limit: '10' });
  return (
    <>
      <Heading title={name} over={<a href={linkTo(['workflows'])}>Workflows</a>}>
        {data.value && (
          <Pausing of="workflows" name={name} paused={data.value.pausedSince !== null} reload={data.reload} />
        )}
      </Heading>
      <Loaded data={data}>
        {(workflow) => (
          <div class="stack">
            {workflow.pausedSince && <Paused name={name} since={workflow.pausedSince} />}
            {workflow.description && <p>{workflow.description}</p>}
            <section aria-label="Graph">
              <Graph on={workflow.on} steps={workflow.steps} />
            </section>
            <Steps workflow={workflow} />
            <section aria-label="In the file">
              <header>
                <h2>In the file</h2>
                <span class="quiet mono">{workflow.at}</span>
              </header>
              <Source text={workflow.text} line={workflow.line} />
            </section>
          </div>
        )}
      </Loaded>
      <section aria-label="Runs" class="after">
        <header>
          <h2>Latest runs</h2>
          <a href={linkTo(['runs'], { workflow: name })}>all its runs</a>
        </header>
        <Loaded data={runs}>
          {({ items }) =>
            items.length === 0 ? <Empty>No event has started it yet.</Empty> : <RunTable rows={items} />
          }
        </Loaded>
      </section>
    </>
  );
}

function Paused({ name, since }: { readonly name: string; readonly since: string }) {
  return (
    <section class="note stack tight" aria-label="Paused">
      <PausedSince at={since} />
      <p>
        Its events are taken as before. Its <a href={linkTo(['runs'], { workflow: name, status: 'held' })}>runs</a> wait
        before their next step until it is resumed.
      </p>
    </section>
  );
}

function Steps({ workflow }: { readonly workflow: WorkflowDetail }) {
  return (
    <section aria-label="Steps">
      <header>
        <h2>What each step guarantees</h2>
      </header>
      <div class="scroll">
        <table class="guarantees">
          <thead>
            <tr>
              <th scope="col">Step</th>
              <th scope="col">Calls</th>
              <th scope="col">After</th>
              <th scope="col">Effects</th>
            </tr>
          </thead>
          <tbody>
            {workflow.steps.map((step) => (
              <tr key={step.id}>
                <th scope="row">{step.id}</th>
                <td class="mono">
                  {step.connection} · {step.action}
                </td>
                <td>{step.needs.length === 0 ? <span class="quiet">at once</span> : step.needs.join(', ')}</td>
                <td>
                  <strong class={step.effects === 'exactly one' ? 'good' : 'doubt'}>{step.effects}</strong>
                  <p class="quiet small">{step.why}</p>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Source({ text, line }: { readonly text: string; readonly line: number }) {
  return (
    <div class="source card">
      {text.split('\n').map((one, index) => (
        <div key={index}>
          <span class="number" aria-hidden="true">
            {line + index}
          </span>
          <code>{one === '' ? ' ' : one}</code>
        </div>
      ))}
    </div>
  );
}
