// Removes configurations that nothing refers to any more, without an index that every run would pay for.

import type { Time } from '../../core/model.ts';
import type { Sql } from './database.ts';

/** The newest are kept whether they are used or not. */
const kept = 20;
const mostRows = 20;
/** Oldest runs that are looked at. A run began by a file that was replaced later, so an old file is only named by old runs. */
const mostRuns = 1000;
/** Clocks differ, and a replica may go on by a file for a while after another has replaced it. */
const marginMs = 86_400_000;

/** Of those replaced by `replacedBy`; one that more runs might name than are looked at stays until they are gone. */
export async function pruneConfigs(sql: Sql, replacedBy: Time): Promise<number> {
  const more = await sql.rows('select 1 from hookline.configs order by saved desc limit 1 offset $1', [kept]);
  if (more.length === 0) return 0;
  return sql.run(
    `with old as materialized (select config, created_at from hookline.runs order by id limit ${mostRuns}),
     replaced as (
       select hash, saved, lead(at) over (order by saved) as at, row_number() over (order by saved desc) as place
       from hookline.configs
     )
     delete from hookline.configs where hash in (
       select hash from replaced
       where place > ${kept} and at <= $1 and hash not in (select config from old)
         and ((select count(*) from old) < ${mostRuns} or (select max(created_at) from old) > at + ${marginMs})
       order by saved limit ${mostRows}
     )`,
    [replacedBy],
  );
}
