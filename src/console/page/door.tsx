// The door: asks for the admin token.

import { useState } from 'preact/hooks';
import { post, type Failure } from './api.ts';
import { Brand } from './parts/brand.tsx';
import { Trouble } from './parts/words.tsx';
import type { Session } from './session.ts';

export function Door({ enter }: { readonly enter: (session: Session) => void }) {
  const [failure, setFailure] = useState<Failure>();
  const knock = async (token: string) => {
    const answer = await post<Session>('/session', { token });
    if (answer.ok) enter(answer.value);
    else setFailure(answer.failure);
  };
  return (
    <main class="door">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          const token = new FormData(event.currentTarget).get('token');
          void knock(typeof token === 'string' ? token : '');
        }}
      >
        <h1 class="brand">
          <Brand /> Hookline
        </h1>
        <p class="quiet">
          Sign in with the admin token: the value of <code>ADMIN_TOKEN</code>, or the file <code>admin-token</code> in
          the data folder.
        </p>
        {failure && <Trouble failure={failure} />}
        <label>
          Token
          <input name="token" type="password" autocomplete="current-password" required />
        </label>
        <button class="main" type="submit">
          Sign in
        </button>
      </form>
    </main>
  );
}
