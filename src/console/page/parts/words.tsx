// What every screen says in the same way: its name, that it waits, that it failed, that there is nothing.

import type { ComponentChildren } from 'preact';
import { useEffect, useRef } from 'preact/hooks';
import type { Failure } from '../api.ts';
import type { Data } from '../live.ts';
import { Icon } from './icon.tsx';

interface HeadingParts {
  readonly title: string;
  /** Before the title: where this belongs. */
  readonly over?: ComponentChildren;
  readonly children?: ComponentChildren;
}

/** The one `h1`; it takes the focus when the screen changes, so that a screen reader says where we are. */
export function Heading({ title, over, children }: HeadingParts) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Hookline`;
    if (document.activeElement === document.body || document.activeElement?.closest('nav')) heading.current?.focus();
  }, [title]);
  return (
    <header class="heading">
      <div>
        {over && <p class="over">{over}</p>}
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
      </div>
      {children && <div class="actions">{children}</div>}
    </header>
  );
}

export function Trouble({ failure }: { readonly failure: Failure }) {
  return (
    <div class="trouble" role="alert">
      <Icon name="warning" />
      <div>
        <strong>{failure.message}.</strong> {failure.help}
      </div>
    </div>
  );
}

/** `next`: the command or link that fills it. */
export function Empty({ children, next }: { readonly children: ComponentChildren; readonly next?: ComponentChildren }) {
  return (
    <div class="empty">
      <p>{children}</p>
      {next && <p class="next">{next}</p>}
    </div>
  );
}

/** What came, or why nothing did; the last good answer stays while a newer one fails. */
export function Loaded<T>({
  data,
  title,
  children,
}: {
  readonly data: Data<T>;
  /** Of a screen that takes its name from what is loaded: it has one too when nothing comes. */
  readonly title?: string;
  readonly children: (value: T) => ComponentChildren;
}) {
  return (
    <>
      {title && data.failure && data.value === undefined && <Heading title={title} />}
      {data.failure && <Trouble failure={data.failure} />}
      {data.value === undefined ? data.loading && <p class="loading">Loading…</p> : children(data.value)}
    </>
  );
}

interface Shown {
  readonly message: string;
  readonly code?: string;
  readonly causes?: readonly string[];
  readonly at?: string;
}

/** An error as it was stored: what happened, what caused it, where in the file. */
export function ProblemText({ error }: { readonly error: Shown }) {
  return (
    <div class="problem">
      <p>
        {error.message} {error.code && <code>{error.code}</code>}
      </p>
      {error.causes && error.causes.length > 0 && <p class="quiet">because {error.causes.join(', because ')}</p>}
      {error.at && <p class="quiet mono">{error.at}</p>}
    </div>
  );
}
