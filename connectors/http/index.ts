// Any HTTP service: the connector's definition.

import { defineConnector, PermanentError } from 'hookline/plugin';
import { readExcerpt } from './answer.ts';
import { headersOf } from './content.ts';
import { fromFailure, fromStatus } from './faults.ts';
import { request } from './request.ts';
import { connect, settings } from './settings.ts';
import { authorize, resolveUrl, shownUrl } from './target.ts';

export default defineConnector({
  name: 'http',
  description: 'Sends requests to any HTTP service.',
  settings,
  secrets: ['auth.token', 'auth.password', 'auth.value'],
  connect,
  check: async (client) => {
    if (client.checkPath === undefined)
      throw new PermanentError('set "checkPath" to a path that a GET may read, so that this connection can be checked');
    const url = resolveUrl(client, { path: client.checkPath });
    const headers = headersOf(client.headers);
    const asked = { method: 'GET', url: shownUrl(url), harmless: true, authorized: client.auth.kind !== 'none' };
    const response = await client.fetch(authorize(client, url, headers), { headers }).catch((error: unknown) => {
      throw fromFailure(error, asked);
    });
    const excerpt = await readExcerpt(response);
    if (!response.ok) throw fromStatus(response, asked, excerpt, client.now());
  },
  actions: { request },
});
