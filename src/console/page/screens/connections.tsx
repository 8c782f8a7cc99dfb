// Connections: which work, what they are busy with, which are left alone or paused and why; pause, resume and check.

import { useState } from 'preact/hooks';
import type { CheckedConnection, ConnectionDetail, ConnectionsAnswer } from '../../api/connections.ts';
import { post } from '../api.ts';
import { useData } from '../live.ts';
import { Act } from '../parts/act.tsx';
import { CheckResult, type Checked } from '../parts/check-result.tsx';
import { Pausing } from '../parts/pausing.tsx';
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

interface OneConnection {
  readonly connection: ConnectionDetail;
}

function Connection({ connection, reload }: OneConnection & { readonly reload: () => void }) {
  const { name, status, reason, checkable } = connection;
  const [checked, setChecked] = useState<Checked>();
  const check = async () => {
    setChecked('under way');
    const answer = await post<CheckedConnection>(`/connections/${encodeURIComponent(name)}/check`);
    setChecked(answer.ok ? { ...answer.value, at: Date.now(), lifted: reason === 'credentials' } : undefined);
    return answer;
  };
  return (
    <article aria-label={`Connection ${name}`}>
      <header>
        <h2>
          {name} <Limits connection={connection} />
        </h2>
        <Status status={status} reason={reason === 'credentials' ? 'credentials' : null} />
        <div class="actions">
          {checkable && <Act label="Check" about={name} act={check} done={reload} />}
          <Pausing of="connections" name={name} paused={status !== 'ok'} reload={reload} />
        </div>
      </header>
      <CheckResult checked={checked} />
      {status !== 'ok' && <Trouble connection={connection} said={checked} />}
      <Busy connection={connection} />
    </article>
  );
}

function Limits({ connection: { connector, concurrency, rate } }: OneConnection) {
  const limits = [
    connector ?? 'no longer in the file',
    rate,
    concurrency !== null && `${concurrency} at the same time`,
  ];
  return <span class="quiet small">{limits.filter(Boolean).join(' · ')}</span>;
}

const words: Readonly<Record<string, string>> = {
  credentials: 'Its credentials were refused. Its runs are held, and nothing is lost; it is checked again by itself.',
  paused: 'A person paused it. Its runs are held until it is resumed.',
  down: 'It failed several times in a row. Its runs wait, and one call tries it again now and then.',
};

/** Why it does not work, since when, and when it is tried again; not again what a check has just said. */
function Trouble({ connection, said }: OneConnection & { readonly said: Checked | undefined }) {
  const { reason, since, untilAt, error } = connection;
  const again = typeof said === 'object' && said.error?.message === error?.message;
  return (
    <>
      <p>{words[reason ?? 'down']}</p>
      {error && !again && <ProblemText error={error} />}
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
    </>
  );
}

/** What it does and what waits for it; an idle one has nothing to say. */
function Busy({ connection }: OneConnection) {
  const { name, underWay, waiting, held, lastError, error } = connection;
  const news = lastError?.error?.message === error?.message ? null : lastError;
  return (
    <>
      {underWay + waiting + held > 0 && (
        <ul class="busy-with">
          {underWay > 0 && <li>{underWay} under way</li>}
          {waiting > 0 && <li>{manyOf(waiting)} waiting</li>}
          {held > 0 && (
            <li>
              <a href={linkTo(['runs'], { connection: name, status: 'held' })}>{manyOf(held)} held</a>
            </li>
          )}
        </ul>
      )}
      {news?.error && (
        <p class="quiet small last-error">
          Last error: {news.error.message} {news.error.code && <code>{news.error.code}</code>} ·{' '}
          <When at={news.at} short />
        </p>
      )}
    </>
  );
}

/** The server counts no further. */
function manyOf(count: number): string {
  return count >= 100 ? '100 or more' : String(count);
}
