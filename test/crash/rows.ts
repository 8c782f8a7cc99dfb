// The rows of the crash matrix, in the order of the report.

import type { Row } from './row.ts';
import { answers } from './rows/answers.ts';
import { flood } from './rows/copies.ts';
import { fullIngest, fullOutcome, syncError } from './rows/disk.ts';
import { brokenFile, clock, thread } from './rows/inside.ts';
import { points, random, terminate } from './rows/kills.ts';
import { postgresCrash, postgresPartition, postgresSlow, replicaKilled, replicaStopped } from './rows/postgres.ts';
import { power } from './rows/power.ts';
import { syscalls } from './rows/syscalls.ts';

export const rows: readonly Row[] = [
  points,
  syscalls,
  random,
  terminate,
  power,
  fullIngest,
  fullOutcome,
  syncError,
  thread,
  clock,
  answers,
  flood,
  brokenFile,
  postgresCrash,
  postgresPartition,
  postgresSlow,
  replicaKilled,
  replicaStopped,
];
