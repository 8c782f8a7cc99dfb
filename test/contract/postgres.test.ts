// The store contract on PostgreSQL.

import { afterAll, beforeAll } from 'vitest';
import { openPostgresStore } from '../../src/store/postgres/open.ts';
import { createDatabase, type TestDatabase } from '../postgres/database.ts';
import { start } from './rows.ts';
import { storeContract } from './store.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createDatabase();
});
afterAll(() => database.drop());

storeContract('the store on PostgreSQL', async () => ({
  open: () => openPostgresStore({ url: database.url, clock: () => start }),
  remove: () => database.clear(),
}));
