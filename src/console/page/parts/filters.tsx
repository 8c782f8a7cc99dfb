// The filter of a list; it lives in the address, so that a filtered list can be passed on.

import { useEffect, useRef } from 'preact/hooks';
import { linkTo, replaceRoute } from '../route.ts';
import { wordsOf } from './status.tsx';

export interface FilterField {
  readonly name: string;
  readonly label: string;
  /** A choice; without it a text. A pair is a value and its words. */
  readonly options?: readonly (string | readonly [value: string, words: string])[];
  readonly hint?: string;
}

interface FiltersParts {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly fields: readonly FilterField[];
}

/** How far back a list goes; the address takes any time: `?from=2026-11-23T09:00Z&to=…`. */
export const timeOptions = [
  ['15m', 'last 15 minutes'],
  ['1h', 'last hour'],
  ['24h', 'last 24 hours'],
  ['7d', 'last 7 days'],
] as const;

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
              {choicesOf(options, query[name]).map(([value, words]) => (
                <option key={value} value={value}>
                  {words}
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

/** With what the address asks for, also when it is none of ours. */
function choicesOf(options: NonNullable<FilterField['options']>, given: string | undefined) {
  const pairs = options.map((option) => (typeof option === 'string' ? ([option, wordsOf(option)] as const) : option));
  const known = given === undefined || given === '' || pairs.some(([value]) => value === given);
  return known ? pairs : [...pairs, [given, given] as const];
}
