// Removes configurations that nothing refers to any more, without an index that every run would pay for.

import type { Time } from '../../core/model.ts';
import type { Sql } from './sql.ts';

/** The newest are kept whether they are used or not. */
const kept = 20;
const mostRows = 20;
/** Oldest runs that are looked at. A run began by a file that was replaced later, so an old file is only named by old runs. */
const mostRuns = 1000;
/** Clocks differ, and a run may be written a while after its file was replaced. */
const marginMs = 86_400_000;

/** Of those replaced by `replacedBy`; one that more runs might name than are looked at stays until they are gone. */
export function pruneConfigs(sql: Sql, replacedBy: Time): number {
  if (sql.get('select 1 from configs order by saved desc limit 1 offset ?', kept) === undefined) return 0;
  return sql.run(
    `with old as materialized (select config, created_at from runs order by id limit ${mostRuns}),
     replaced as (
       select hash, saved, lead(at) over (order by saved) as at, row_number() over (order by saved desc) as place
       from configs
     )
     delete from configs where hash in (
       select hash from replaced
       where place > ${kept} and at <= ? and hash not in (select config from old)
         and ((select count(*) from old) < ${mostRuns} or (select max(created_at) from old) > at + ${marginMs})
       order by saved limit ${mostRows}
     )`,
    replacedBy,
  );
}
