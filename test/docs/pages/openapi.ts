// The OpenAPI document of the admin API as a file, made from the route schemas like the one that is served.

import { describeApi } from '../../../src/console/api/openapi.ts';
import type { AdminParts } from '../../../src/console/api/parts.ts';

/** No route is called, so none of the parts is needed. */
const nothing = {} as AdminParts;

export async function openApiDocument(): Promise<string> {
  return `${JSON.stringify(await describeApi(nothing), null, 2)}\n`;
}
