// An inbox: a list of mails, and the one that is open.

import { useState } from 'preact/hooks';
import type { SandboxItemView } from '../../api/sandbox.ts';
import { When } from './when.tsx';

interface Person {
  readonly name?: string;
  readonly address?: string;
}

export function Mail({ items }: { readonly items: readonly SandboxItemView[] }) {
  const [open, setOpen] = useState<string>();
  const shown = items.find(({ id }) => id === open) ?? items[0];
  return (
    <div class="mailbox card">
      <ul>
        {items.map((item) => (
          <li key={item.id} class="fresh">
            <button type="button" aria-pressed={item === shown} onClick={() => setOpen(item.id)}>
              <strong>{people(item.fields['to'])}</strong>
              <span>{textOf(item.fields['subject'])}</span>
              <When at={item.at} short />
            </button>
          </li>
        ))}
      </ul>
      {shown && (
        <article aria-label={textOf(shown.fields['subject'])}>
          <h3>{textOf(shown.fields['subject'])}</h3>
          <dl class="facts">
            <dt>From</dt>
            <dd>{people([shown.fields['from']])}</dd>
            <dt>To</dt>
            <dd>{people(shown.fields['to'])}</dd>
          </dl>
          <div class="letter">{textOf(shown.fields['text'])}</div>
        </article>
      )}
    </div>
  );
}

function people(value: unknown): string {
  const list = Array.isArray(value) ? (value as readonly (Person | undefined)[]) : [];
  return list.map((one) => (one?.name ? `${one.name} <${one.address ?? ''}>` : (one?.address ?? ''))).join(', ');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
