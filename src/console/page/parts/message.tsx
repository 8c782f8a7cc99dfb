// A channel: who said what, newest first.

import type { SandboxItemView } from '../../api/sandbox.ts';
import { When } from './when.tsx';

export function Message({ items }: { readonly items: readonly SandboxItemView[] }) {
  return (
    <ol class="channel card">
      {items.map((item) => (
        <li key={item.id} class="fresh">
          <span class="face" aria-hidden="true">
            H
          </span>
          <div>
            <p class="line">
              <strong>Hookline</strong> <span class="quiet">in {channelOf(item.fields)}</span>{' '}
              <When at={item.at} short />
            </p>
            <p class="said">{plain(item.fields['text'])}</p>
          </div>
        </li>
      ))}
    </ol>
  );
}

function channelOf({ channel, channelName }: Readonly<Record<string, unknown>>): string {
  const name = typeof channelName === 'string' ? channelName : channel;
  return typeof name === 'string' ? name : 'a channel';
}

/** The three characters that the sender had to encode. */
function plain(text: unknown): string {
  if (typeof text !== 'string') return '';
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
