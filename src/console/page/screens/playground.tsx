// The playground: a workflow text, an event, and what would happen. The editor is fetched only when this screen is opened.

import { useEffect, useState } from 'preact/hooks';
import type { ComponentType } from 'preact';
import { Heading } from '../parts/words.tsx';
import type { ScreenParts } from '../route.ts';

export function Playground({ route }: ScreenParts) {
  const [loaded, setLoaded] = useState<{ readonly Bench: ComponentType<ScreenParts> }>();
  useEffect(() => {
    void import('../playground/bench.tsx').then(setLoaded);
  }, []);
  return (
    <>
      <Heading title="Playground" over="Nothing here is kept, and nothing is sent" />
      {loaded ? <loaded.Bench route={route} /> : <p class="loading">Loading…</p>}
    </>
  );
}
