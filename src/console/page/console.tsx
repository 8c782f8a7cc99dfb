// The frame of the console: who is signed in, where we are, and the screen of that place.

import { useEffect, useState } from 'preact/hooks';
import { get, post } from './api.ts';
import { Door } from './door.tsx';
import { Navigation } from './navigation.tsx';
import { replaceRoute, useRoute } from './route.ts';
import { screenOf } from './screens.tsx';
import { SessionContext, type Session } from './session.ts';

export function Console() {
  const [session, setSession] = useState<Session>();
  const route = useRoute();
  useEffect(() => {
    void enter().then(setSession);
  }, []);
  if (session === undefined) return null;
  if (session.role === null) return <Door enter={setSession} />;
  const Screen = screenOf(route);
  return (
    <SessionContext.Provider value={session}>
      <a class="skip" href="#main" onClick={toMain}>
        Skip to the content
      </a>
      <div class="frame">
        <Navigation route={route} leave={() => void post<Session>('/session/end').then(() => location.reload())} />
        <main id="main" tabIndex={-1} key={route.path.join('/')}>
          <Screen route={route} />
        </main>
      </div>
    </SessionContext.Provider>
  );
}

/** A link of `dev` carries a code after `#/enter/`; it leaves the address at once. */
async function enter(): Promise<Session> {
  const [, code] = /^#\/enter\/([\w-]+)$/.exec(location.hash) ?? [];
  if (code !== undefined) {
    replaceRoute('#/');
    const entered = await post<Session>('/session', { token: code });
    if (entered.ok) return entered.value;
  }
  const known = await get<Session>('/session');
  return known.ok ? known.value : { role: null, sandbox: false };
}

function toMain(event: Event): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
