// A button that changes something: asks when it must, shows that it works, and says what came of it.

import type { ComponentChildren, RefObject } from 'preact';
import { useRef, useState } from 'preact/hooks';
import type { Answer, Failure } from '../api.ts';
import { useRole } from '../session.ts';
import { Trouble } from './words.tsx';

interface ActParts {
  readonly label: string;
  /** What it is done to; said by readers and in the question, where many buttons are alike. */
  readonly about?: string;
  /** Asked before it is done; without one it is done at once. */
  readonly ask?: ComponentChildren;
  /** Fields of the question. Its values are given to `act`. */
  readonly children?: ComponentChildren;
  readonly kind?: 'main' | 'danger' | 'plain';
  readonly act: (form: FormData) => Promise<Answer<unknown>>;
  readonly done?: () => void;
}

/** Not drawn for who may only look. */
export function Act({ label, about = '', ask, children, kind = 'plain', act, done }: ActParts) {
  const role = useRole();
  const dialog = useRef<HTMLDialogElement>(null);
  const [busy, setBusy] = useState(false);
  const [failure, setFailure] = useState<Failure>();
  if (role !== 'operator') return null;
  const title = `${label} ${about}`.trim();
  const go = async (form: FormData) => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    const answer = await act(form);
    setBusy(false);
    if (!answer.ok) return setFailure(answer.failure);
    dialog.current?.close();
    done?.();
  };
  const start = () => (ask === undefined ? void go(new FormData()) : dialog.current?.showModal());
  return (
    <>
      {/* Not "disabled": that would take the focus away from who pressed it. */}
      <button type="button" class={kind} aria-disabled={busy} onClick={start}>
        {label}
        {about !== '' && <span class="unseen"> {about}</span>}
      </button>
      {failure && ask === undefined && <Trouble failure={failure} />}
      {ask !== undefined && (
        <Question dialog={dialog} title={title} go={go}>
          <div class="ask">{ask}</div>
          {children}
          {failure && <Trouble failure={failure} />}
          <div class="actions">
            <button type="button" class="plain" onClick={() => dialog.current?.close()}>
              Not now
            </button>
            <button type="submit" class={kind === 'plain' ? 'main' : kind} aria-disabled={busy}>
              {busy ? 'Working…' : label}
            </button>
          </div>
        </Question>
      )}
    </>
  );
}

interface QuestionParts {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly title: string;
  readonly go: (form: FormData) => Promise<void>;
  readonly children: ComponentChildren;
}

function Question({ dialog, title, go, children }: QuestionParts) {
  return (
    <dialog ref={dialog} aria-label={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void go(new FormData(event.currentTarget));
        }}
      >
        <h2>{title}</h2>
        {children}
      </form>
    </dialog>
  );
}
