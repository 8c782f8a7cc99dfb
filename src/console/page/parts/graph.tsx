// A workflow as a picture: each step in the column after the last one it needs. The table beside it says the same in words.

import type { WorkflowView } from '../../api/workflows.ts';

type StepView = WorkflowView['steps'][number];

interface Box {
  readonly step: StepView;
  readonly column: number;
  readonly row: number;
}

const width = 190;
const height = 56;
const gapX = 56;
const gapY = 18;

export function Graph({ on, steps }: { readonly on: readonly string[]; readonly steps: readonly StepView[] }) {
  const boxes = layout(steps);
  const columns = Math.max(0, ...boxes.map(({ column }) => column)) + 2;
  const rows = Math.max(1, ...boxes.map(({ row }) => row + 1));
  const w = columns * width + (columns - 1) * gapX;
  const h = rows * height + (rows - 1) * gapY;
  const byId = new Map(boxes.map((box) => [box.step.id, box]));
  return (
    <div class="graph card">
      <svg viewBox={`-1 -1 ${w + 2} ${h + 2}`} width={w + 2} height={h + 2} aria-hidden="true">
        {boxes.flatMap((box) => {
          const from = edgesOf(box.step, steps).map((id) => byId.get(id));
          const ends = from.length === 0 ? [undefined] : from;
          return ends.map((one) => (
            <path key={`${one?.step.id ?? ''}>${box.step.id}`} class="edge" d={curve(one, box)} />
          ));
        })}
        <Node
          x={0}
          y={0}
          first={on[0] ?? ''}
          second={on.length > 1 ? `and ${on.length - 1} more` : 'starts it'}
          start
        />
        {boxes.map(({ step, column, row }) => (
          <Node
            key={step.id}
            x={(column + 1) * (width + gapX)}
            y={row * (height + gapY)}
            first={step.id}
            second={`${step.connection} · ${step.action.split('.').at(-1) ?? ''}`}
          />
        ))}
      </svg>
    </div>
  );
}

interface NodeParts {
  readonly x: number;
  readonly y: number;
  readonly first: string;
  readonly second: string;
  readonly start?: boolean;
}

function Node({ x, y, first, second, start = false }: NodeParts) {
  return (
    <g transform={`translate(${x} ${y})`} class={start ? 'node start' : 'node'}>
      <rect width={width} height={height} rx="8" />
      <text x="14" y="24" class="first">
        {cut(first, 22)}
      </text>
      <text x="14" y="42" class="second">
        {cut(second, 27)}
      </text>
    </g>
  );
}

/** Steps that no later needed step already stands for: fewer lines, the same order. */
function edgesOf(step: StepView, steps: readonly StepView[]): readonly string[] {
  const needed = new Set(step.needs);
  const behind = new Set(steps.filter(({ id }) => needed.has(id)).flatMap(({ needs }) => needs));
  return step.needs.filter((id) => !behind.has(id));
}

function layout(steps: readonly StepView[]): readonly Box[] {
  const column = new Map<string, number>();
  const used = new Map<number, number>();
  return steps.map((step) => {
    const at = Math.max(-1, ...step.needs.map((id) => column.get(id) ?? -1)) + 1;
    const row = used.get(at) ?? 0;
    column.set(step.id, at);
    used.set(at, row + 1);
    return { step, column: at, row };
  });
}

function curve(from: Box | undefined, to: Box): string {
  const x1 = from === undefined ? width : (from.column + 1) * (width + gapX) + width;
  const y1 = (from?.row ?? 0) * (height + gapY) + height / 2;
  const x2 = (to.column + 1) * (width + gapX);
  const y2 = to.row * (height + gapY) + height / 2;
  const middle = x2 - gapX / 2;
  return `M${x1} ${y1} H${middle - 12} Q${middle} ${y1} ${middle} ${y1 + Math.sign(y2 - y1) * Math.min(12, Math.abs(y2 - y1) / 2)} V${y2 - Math.sign(y2 - y1) * Math.min(12, Math.abs(y2 - y1) / 2)} Q${middle} ${y2} ${middle + 12} ${y2} H${x2}`;
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1)}…` : text;
}
