// The door: asks for the admin token, and says in place when it is another one.

import type { RefObject } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { post, type Failure } from './api.ts';
import { Brand } from './parts/brand.tsx';
import { Icon } from './parts/icon.tsx';
import type { Session } from './session.ts';

export function Door({ enter }: { readonly enter: (session: Session) => void }) {
  const [failure, setFailure] = useState<Failure>();
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  useEffect(() => {
    document.title = 'Sign in · Hookline';
    field.current?.focus();
  }, []);
  const knock = async (token: string) => {
    if (busy) return;
    setBusy(true);
    setFailure(undefined);
    const answer = await post<Session>('/session', { token });
    setBusy(false);
    if (answer.ok) return enter(answer.value);
    setFailure(answer.failure);
    field.current?.select();
  };
  return (
    <main class="door">
      <form
        class="card"
        onSubmit={(event) => {
          event.preventDefault();
          void knock(field.current?.value.trim() ?? '');
        }}
      >
        <Brand />
        <h1>Sign in to Hookline</h1>
        <Token field={field} failure={failure} />
        <button class="main" type="submit" aria-disabled={busy}>
          {busy ? 'Signing in…' : 'Sign in'}
        </button>
        <p id="where" class="quiet small">
          It is the value of <code>ADMIN_TOKEN</code>. Without one it is in the file <code>admin-token</code> of the
          data folder.
        </p>
      </form>
    </main>
  );
}

interface TokenParts {
  readonly field: RefObject<HTMLInputElement | null>;
  readonly failure: Failure | undefined;
}

function Token({ field, failure }: TokenParts) {
  return (
    <>
      <label for="token">Admin token</label>
      <input
        ref={field}
        id="token"
        type="password"
        autocomplete="current-password"
        spellcheck={false}
        required
        aria-invalid={failure?.status === 401}
        aria-describedby={failure ? 'refused where' : 'where'}
      />
      {failure && (
        <p id="refused" class="refusal" role="alert">
          <Icon name="cross" /> {wordsFor(failure)}
        </p>
      )}
    </>
  );
}

function wordsFor({ status, message, help }: Failure): string {
  return status === 401 ? 'This is not the token of this Hookline.' : `${message}. ${help}`;
}
