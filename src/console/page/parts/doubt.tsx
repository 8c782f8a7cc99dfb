// The question of a step in doubt, with its two answers.

import type { Question } from '../../api/attempt-view.ts';
import type { RunDetail } from '../../api/run-view.ts';
import { post } from '../api.ts';
import { Act } from './act.tsx';
import { Copy } from './copy.tsx';
import { Icon } from './icon.tsx';
import { Json } from './json.tsx';
import { When } from './when.tsx';
import { ProblemText } from './words.tsx';

interface DoubtParts {
  readonly run: Pick<RunDetail, 'id'>;
  readonly question: Question;
  readonly done: () => void;
}

export function Doubt({ run, question, done }: DoubtParts) {
  const path = `/runs/${encodeURIComponent(run.id)}/resolve`;
  return (
    <section class="note doubt-question" aria-label={`Question of step ${question.step}`}>
      <h2>
        <Icon name="question" /> Did “{question.step}” happen?
      </h2>
      <p>
        The call <code>{question.action}</code> to <strong>{question.connection}</strong> left at{' '}
        <When at={question.begunAt} /> and no clear answer came back. Look into {question.connection} for what is below,
        then say what you found. Until then nothing of this step is repeated.
      </p>
      {question.error && <ProblemText error={question.error} />}
      {question.input !== undefined && (
        <details open>
          <summary class="fold">What was sent</summary>
          <Json value={question.input} open={3} />
        </details>
      )}
      <p class="keyline">
        Key <code>{question.key.slice(0, 16)}…</code> <Copy text={question.key}>copy key</Copy>
      </p>
      <Answers path={path} step={question.step} done={done} />
    </section>
  );
}

interface AnswersParts {
  readonly path: string;
  readonly step: string;
  readonly done: () => void;
}

function Answers({ path, step, done }: AnswersParts) {
  return (
    <div class="actions">
      <Act
        label="It happened"
        kind="main"
        ask={<p>The step counts as done and is not called again. The run goes on with the next step.</p>}
        act={(form) => {
          const output = readOutput(form.get('output'));
          return post(path, { happened: true, step: step, ...output });
        }}
        done={done}
      >
        <label>
          What it answered, as JSON (only needed when later steps read it)
          <textarea name="output" rows={3} placeholder='{ "id": "…" }' spellcheck={false} />
        </label>
      </Act>
      <Act
        label="Do it again"
        ask={
          <p>The call is made once more with the same input. If the first one did arrive, it has now happened twice.</p>
        }
        act={() => post(path, { happened: false, step: step })}
        done={done}
      />
    </div>
  );
}

/** A text that is no JSON is given as it is: the server says what it expects. */
function readOutput(given: FormDataEntryValue | null): { readonly output?: unknown } {
  const text = typeof given === 'string' ? given.trim() : '';
  if (text === '') return {};
  try {
    return { output: JSON.parse(text) as unknown };
  } catch {
    return { output: text };
  }
}
