// The list of screens, with what waits for a person.

import { useEffect, useRef } from 'preact/hooks';
import type { OverviewAnswer } from '../api/overview.ts';
import { useData } from './live.ts';
import { Brand } from './parts/brand.tsx';
import { Icon, type IconName } from './parts/icon.tsx';
import { linkTo, type Route } from './route.ts';
import { useSession } from './session.ts';

interface Place {
  readonly path: string;
  readonly title: string;
  readonly icon: IconName;
}

const places: readonly Place[] = [
  { path: '', title: 'Overview', icon: 'home' },
  { path: 'events', title: 'Events', icon: 'list' },
  { path: 'runs', title: 'Runs', icon: 'play' },
  { path: 'attention', title: 'Attention', icon: 'question' },
  { path: 'workflows', title: 'Workflows', icon: 'flow' },
  { path: 'connections', title: 'Connections', icon: 'plug' },
  { path: 'refused', title: 'Refused', icon: 'shield' },
  { path: 'activity', title: 'Activity', icon: 'clock' },
  { path: 'playground', title: 'Playground', icon: 'pen' },
];

const sandboxes: Place = { path: 'sandboxes', title: 'Sandboxes', icon: 'inbox' };

const none = { inDoubt: 0, credentials: 0, paused: 0, missing: 0, failed: 0 };

export function Navigation({ route, leave }: { readonly route: Route; readonly leave: () => void }) {
  const session = useSession();
  const attention = useData<OverviewAnswer>('/overview').value?.attention;
  const here = route.path[0] ?? '';
  const place = useRef<HTMLAnchorElement>(null);
  // On a narrow screen the list is wider than what is seen of it.
  useEffect(() => place.current?.scrollIntoView({ block: 'nearest', inline: 'center' }), [here]);
  const { inDoubt, credentials, paused, missing, failed } = attention ?? none;
  const held = inDoubt + credentials + paused + missing;
  return (
    <nav class="side" aria-label="Screens">
      <a class="brand" href={linkTo([])}>
        <Brand /> <span>Hookline</span>
      </a>
      <ul>
        {(session?.sandbox ? [...places, sandboxes] : places).map(({ path, title, icon }) => (
          <li key={path}>
            <a
              ref={here === path ? place : null}
              href={linkTo(path === '' ? [] : [path])}
              aria-current={here === path ? 'page' : undefined}
            >
              <Icon name={icon} />
              {title}
              {path === 'attention' && held + failed > 0 && (
                <span class={`badge ${held > 0 ? '' : 'bad'}`} title={`${held} held, ${failed} failed`}>
                  {(held + failed).toLocaleString('en')}
                </span>
              )}
            </a>
          </li>
        ))}
      </ul>
      <div class="who">
        <span>{session?.role}</span>
        <button class="link" type="button" onClick={leave}>
          Sign out
        </button>
      </div>
    </nav>
  );
}
