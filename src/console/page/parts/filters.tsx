// The filter of a list; it lives in the address, so that a filtered list can be passed on.

import { useEffect, useRef } from 'preact/hooks';
import { linkTo, replaceRoute } from '../route.ts';
import { wordsOf } from './status.tsx';

export interface FilterField {
  readonly name: string;
  readonly label: string;
  /** A choice; without it a text. */
  readonly options?: readonly string[];
  readonly hint?: string;
}

interface FiltersParts {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly fields: readonly FilterField[];
}

/** Typing waits this long before the list changes. */
const pauseMs = 250;

export function Filters({ path, query, fields }: FiltersParts) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const change = (name: string, value: string, wait: number) => {
    clearTimeout(timer.current);
    timer.current = setTimeout(() => replaceRoute(linkTo(path, { ...query, [name]: value })), wait);
  };
  return (
    <form class="filters" role="search" onSubmit={(event) => event.preventDefault()}>
      {fields.map(({ name, label, options, hint }) => (
        <label key={name}>
          {label}
          {options ? (
            <select value={query[name] ?? ''} onChange={(event) => change(name, event.currentTarget.value, 0)}>
              <option value="">all</option>
              {options.map((option) => (
                <option key={option} value={option}>
                  {wordsOf(option)}
                </option>
              ))}
            </select>
          ) : (
            <input
              type="search"
              defaultValue={query[name] ?? ''}
              placeholder={hint}
              onInput={(event) => change(name, event.currentTarget.value.trim(), pauseMs)}
            />
          )}
        </label>
      ))}
    </form>
  );
}
