// What the sandboxes of `dev` hold, as the people at the other end would see it.

import type { SandboxAnswer, SandboxItemView } from '../../api/sandbox.ts';
import { useData } from '../live.ts';
import { Json } from '../parts/json.tsx';
import { Mail } from '../parts/mail.tsx';
import { Message } from '../parts/message.tsx';
import { Records } from '../parts/records.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded } from '../parts/words.tsx';

export function Sandboxes() {
  const data = useData<SandboxAnswer>('/sandbox');
  return (
    <>
      <Heading title="Sandboxes" over="Everything here stayed on this machine" />
      <Loaded data={data}>
        {({ sandboxes }) => (
          <div class="stack">
            {sandboxes
              .filter(({ items }) => items.length > 0)
              .map(({ connection, total, items }) => (
                <section key={connection} aria-label={connection}>
                  <header>
                    <h2>
                      {connection} <span class="quiet small">{total}</span>
                    </h2>
                  </header>
                  <Items items={items.toReversed()} />
                </section>
              ))}
            <Untouched
              names={sandboxes.filter(({ items }) => items.length === 0).map(({ connection }) => connection)}
            />
          </div>
        )}
      </Loaded>
    </>
  );
}

function Untouched({ names }: { readonly names: readonly string[] }) {
  if (names.length === 0) return null;
  return (
    <Empty
      next={
        <>
          Send a sample: <code>npx hookline send</code>
        </>
      }
    >
      Nothing has arrived in {names.join(', ')} yet.
    </Empty>
  );
}

/** The kind of what a sandbox keeps says how people look at it. */
function Items({ items }: { readonly items: readonly SandboxItemView[] }) {
  switch (items[0]?.kind) {
    case 'mail':
      return <Mail items={items} />;
    case 'message':
      return <Message items={items} />;
    case 'record':
      return <Records items={items} />;
    default:
      return <Requests items={items} />;
  }
}

function Requests({ items }: { readonly items: readonly SandboxItemView[] }) {
  return (
    <ul class="deliveries card">
      {items.map((item) => (
        <li key={item.id}>
          <details>
            <summary>
              <When at={item.at} short />
              <span>{item.title}</span>
            </summary>
            <Json value={item.fields} />
          </details>
        </li>
      ))}
    </ul>
  );
}
