// Connections: which work, which are left alone or paused, and since when.

import type { ConnectionsAnswer, ConnectionView } from '../../api/connections.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from '../parts/act.tsx';
import { Status } from '../parts/status.tsx';
import { When } from '../parts/when.tsx';
import { Empty, Heading, Loaded, ProblemText } from '../parts/words.tsx';
import { linkTo } from '../route.ts';

export function Connections() {
  const data = useData<ConnectionsAnswer>('/connections');
  return (
    <>
      <Heading title="Connections" />
      <Loaded data={data}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty next={<a href={linkTo(['workflows'])}>See the workflows</a>}>
              The workflow file uses no connection.
            </Empty>
          ) : (
            <div class="connections card">
              {items.map((connection) => (
                <Connection key={connection.name} connection={connection} reload={data.reload} />
              ))}
            </div>
          )
        }
      </Loaded>
    </>
  );
}

const words: Readonly<Record<string, string>> = {
  credentials: 'Its credentials were refused. Its runs are held, and nothing is lost; it is checked again by itself.',
  paused: 'A person paused it. Its runs are held until it is resumed.',
  down: 'It failed several times in a row. Its runs wait, and one call tries it again now and then.',
};

interface ConnectionParts {
  readonly connection: ConnectionView;
  readonly reload: () => void;
}

function Connection({ connection, reload }: ConnectionParts) {
  const { name, status, reason } = connection;
  const path = `/connections/${encodeURIComponent(name)}`;
  return (
    <article aria-label={`Connection ${name}`}>
      <header>
        <h2>
          {name} <Facts connection={connection} />
        </h2>
        <div class="line">
          <Status status={status} reason={reason === 'credentials' ? 'credentials' : null} />
          {status === 'ok' ? (
            <Act
              label="Pause"
              ask={<p>Runs that need {name} are held until you resume it. Nothing is discarded.</p>}
              act={() => post(`${path}/pause`)}
              done={reload}
            />
          ) : (
            <Act label="Resume" kind="main" act={() => post(`${path}/resume`)} done={reload} />
          )}
        </div>
      </header>
      {status !== 'ok' && <Trouble connection={connection} />}
    </article>
  );
}

function Facts({ connection: { connector, concurrency } }: Pick<ConnectionParts, 'connection'>) {
  return (
    <span class="quiet small">
      {connector}
      {concurrency !== null && `, ${concurrency} at the same time`}
    </span>
  );
}

/** Why it does not work, since when, and what waits for it. */
function Trouble({ connection: { name, status, reason, since, untilAt, error } }: Pick<ConnectionParts, 'connection'>) {
  return (
    <div class="stack close">
      <p>{words[reason ?? 'down']}</p>
      {error && <ProblemText error={error} />}
      <Times since={since} untilAt={untilAt} />
      <p>
        <a href={linkTo(['runs'], { connection: name, status: status === 'open' ? 'waiting' : 'held' })}>Its runs</a>
      </p>
    </div>
  );
}

function Times({ since, untilAt }: Pick<ConnectionView, 'since' | 'untilAt'>) {
  if (since === null && untilAt === null) return null;
  return (
    <dl class="facts">
      {since && (
        <>
          <dt>Since</dt>
          <dd>
            <When at={since} />
          </dd>
        </>
      )}
      {untilAt && (
        <>
          <dt>Next call</dt>
          <dd>
            <When at={untilAt} />
          </dd>
        </>
      )}
    </dl>
  );
}
