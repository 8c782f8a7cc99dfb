// What an event holds: as a tree, as it was sent, or as a command that sends it again.

import { useState } from 'preact/hooks';
import type { EventDetail } from '../../api/events.ts';
import { Copy } from './copy.tsx';
import { Json } from './json.tsx';
import { LongText } from './long-text.tsx';

const ways = ['tree', 'raw', 'curl'] as const;

export function Payload({ event }: { readonly event: EventDetail }) {
  const [way, setWay] = useState<(typeof ways)[number]>('tree');
  const { payload } = event;
  const text = way === 'curl' ? curlOf(event) : payload.text;
  return (
    <section aria-label="Payload">
      <header>
        <h2>
          Payload <span class="quiet small">{event.size} bytes</span>
        </h2>
        <div class="actions">
          <div class="tabs" role="group" aria-label="How the payload is shown">
            {ways.map((one) => (
              <button key={one} type="button" aria-pressed={way === one} onClick={() => setWay(one)}>
                {one}
              </button>
            ))}
          </div>
          {way !== 'tree' && <Copy text={text}>copy</Copy>}
        </div>
      </header>
      <div class="card">
        <div class="body tree">
          {payload.problem && <p class="note">It cannot be read as an event: {payload.problem}</p>}
          {payload.base64 !== null && <p class="quiet">These bytes are no text; wrong ones are shown as �.</p>}
          {way === 'tree' && payload.problem === null ? (
            <Json value={payload.body} open={4} />
          ) : (
            <pre>
              <LongText text={text} most={20_000} />
            </pre>
          )}
        </div>
      </div>
    </section>
  );
}

/** The signature cannot be part of it: the secret is not here. */
function curlOf({ source, payload }: EventDetail): string {
  const body = payload.text.replaceAll("'", String.raw`'\''`);
  return [
    '# needs a signature of the sender; "hookline send" makes one',
    `curl -X POST "$HOOKLINE/webhooks/${source}" \\`,
    "  -H 'content-type: application/json' \\",
    `  --data-raw '${body}'`,
  ].join('\n');
}
