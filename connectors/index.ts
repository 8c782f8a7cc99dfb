// What ships with Hookline: name → how to load its connector and its source. Nothing is loaded before it is used.

import type { Connector, Source } from 'hookline/plugin';

export interface Shipped {
  readonly connector?: () => Promise<{ readonly default: Connector }>;
  readonly source?: () => Promise<{ readonly default: Source }>;
}

export const connectors: { readonly [name: string]: Shipped } = {
  truedy: { source: () => import('./truedy/source.ts') },
  'standard-webhooks': { source: () => import('./standard-webhooks/source.ts') },
  github: { source: () => import('./github/source.ts') },
  stripe: { source: () => import('./stripe/source.ts') },
  custom: { source: () => import('./custom/source.ts') },
  slack: { connector: () => import('./slack/index.ts'), source: () => import('./slack/source.ts') },
  salesforce: { connector: () => import('./salesforce/index.ts') },
  email: { connector: () => import('./email/index.ts') },
  http: { connector: () => import('./http/index.ts') },
};
