// The filter of a list; it lives in the address, so that a filtered list can be passed on.

import { useEffect, useRef, useState } from 'preact/hooks';
import { linkTo, replaceRoute } from '../route.ts';
import { Icon } from './icon.tsx';
import { Range } from './range.tsx';
import { wordsOf } from './status.tsx';

export interface FilterField {
  readonly name: string;
  readonly label: string;
  /** A choice; without it a text. */
  readonly options?: readonly string[];
  readonly hint?: string;
  /** Offered while one types. */
  readonly names?: readonly string[];
}

interface FiltersParts {
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
  readonly fields: readonly FilterField[];
  /** Label of the time that the list goes by. */
  readonly time: string;
}

/** Typing waits this long before the list changes. */
const pauseMs = 250;

export function Filters({ path, query, fields, time }: FiltersParts) {
  const form = useRef<HTMLFormElement>(null);
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const latest = useRef(query);
  const pending = useRef<Readonly<Record<string, string>>>({});
  const [turn, setTurn] = useState(0);
  const [open, setOpen] = useState(Object.keys(query).length > 0);
  latest.current = query;
  useEffect(() => () => clearTimeout(timer.current), []);
  useEffect(() => showQuery(form.current, query), [JSON.stringify(query)]);
  const change = (wait: number, more: Readonly<Record<string, string>> = {}) => {
    clearTimeout(timer.current);
    pending.current = { ...pending.current, ...more };
    timer.current = setTimeout(() => {
      const given = { ...latest.current, ...pending.current, ...valuesOf(form.current) };
      pending.current = {};
      replaceRoute(linkTo(path, given));
    }, wait);
  };
  return (
    <form
      ref={form}
      class={open ? 'filters' : 'filters folded'}
      role="search"
      onSubmit={(event) => event.preventDefault()}
    >
      {/* Only a narrow screen has it: there the fields would fill the page. */}
      <button type="button" class="plain unfold" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name="search" /> Filter
      </button>
      {fields.map((field) => (
        <label key={field.name}>
          {field.label}
          <Field field={field} value={query[field.name] ?? ''} change={change} />
        </label>
      ))}
      <Range key={turn} label={time} query={query} change={(more) => change(pauseMs, more)} />
      {Object.keys(query).length > 0 && (
        <a class="clear" href={linkTo(path)} onClick={() => setTurn(turn + 1)}>
          Clear
        </a>
      )}
    </form>
  );
}

interface FieldParts {
  readonly field: FilterField;
  readonly value: string;
  readonly change: (wait: number) => void;
}

function Field({ field: { name, options, hint, names }, value, change }: FieldParts) {
  if (options)
    return (
      <select name={name} value={value} onChange={() => change(0)}>
        <option value="">all</option>
        {/* With what the address asks for, also when it is none of ours. */}
        {[...new Set([...options, value])].filter(Boolean).map((one) => (
          <option key={one} value={one}>
            {wordsOf(one)}
          </option>
        ))}
      </select>
    );
  const list = names && `names-${name}`;
  return (
    <>
      <input
        name={name}
        type="search"
        defaultValue={value}
        placeholder={hint}
        list={list}
        autocomplete="off"
        onInput={() => change(pauseMs)}
      />
      {names && (
        <datalist id={list}>
          {names.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
      )}
    </>
  );
}

function valuesOf(form: HTMLFormElement | null): Readonly<Record<string, string>> {
  const pairs = form ? [...new FormData(form)] : [];
  return Object.fromEntries(pairs.map(([name, value]) => [name, typeof value === 'string' ? value.trim() : '']));
}

/** The address may change by a link; where somebody types nothing is touched. */
function showQuery(form: HTMLFormElement | null, query: FiltersParts['query']): void {
  for (const input of form?.querySelectorAll<HTMLInputElement>('input[name]') ?? [])
    if (input !== document.activeElement) input.value = query[input.name] ?? '';
}
