// Builds the reference pages from the tables of the product: file below docs/reference → its text.

import { findConnectors } from '../../src/connect/find.ts';
import type { Connector, Source } from '../../src/plugin/index.ts';
import { page, table } from './markdown.ts';
import { alertsPage } from './pages/alerts.ts';
import { commandsPage } from './pages/commands.ts';
import { connectorPage } from './pages/connectors.ts';
import { errorsPage, refusalsPage } from './pages/errors.ts';
import { expressionsPage } from './pages/expressions.ts';
import { metricsPage } from './pages/metrics.ts';
import { openApiDocument } from './pages/openapi.ts';
import { problemsPage } from './pages/problems.ts';
import { settingsPage } from './pages/settings.ts';
import { sourcePage } from './pages/sources.ts';
import { workflowFilePage } from './pages/workflow-file.ts';

const marker = '<!-- Made by `npm run reference` from the tables in the code; changes here are lost. -->';

export async function buildReference(): Promise<ReadonlyMap<string, string>> {
  const { connectors, sources } = await shipped();
  const pages: [string, string][] = [
    ['README.md', indexPage(connectors, sources)],
    ['workflow-file.md', workflowFilePage()],
    ['expressions.md', expressionsPage()],
    ['problems.md', await problemsPage()],
    ['commands.md', await commandsPage()],
    ['settings.md', settingsPage()],
    ['errors.md', errorsPage()],
    ['metrics.md', metricsPage()],
    ['alerts.md', alertsPage()],
    ['refusals.md', refusalsPage()],
    ...connectors.map((connector): [string, string] => [`connectors/${connector.name}.md`, connectorPage(connector)]),
    ...sources.map((source): [string, string] => [`sources/${source.name}.md`, sourcePage(source)]),
  ];
  const marked = pages.map(([file, text]): [string, string] => [file, `${marker}\n\n${text}`]);
  return new Map([...marked, ['openapi.json', await openApiDocument()]]);
}

/** Every connector and source that ships, without plugins. */
export async function shipped(): Promise<{ connectors: readonly Connector[]; sources: readonly Source[] }> {
  const found = await findConnectors({ pluginsDir: '/nowhere' });
  const connectors = await Promise.all(found.connectorNames.map((name) => found.connector(name)));
  const sources = await Promise.all(found.sourceNames.map((name) => found.source(name)));
  return {
    connectors: connectors.filter((connector) => connector !== undefined),
    sources: sources.filter((source) => source !== undefined),
  };
}

function indexPage(connectors: readonly Connector[], sources: readonly Source[]): string {
  const rows = (folder: string, items: readonly (Connector | Source)[]) =>
    items.map(({ name, description }) => [`[${name}](${folder}/${name}.md)`, description]);
  return page(
    '# Reference',
    'Made from the tables in the code. How to do things is in the guides: [workflows](../guide/workflows.md), [sources](../guide/sources.md), [connectors of your own](../guide/connectors.md), [operating](../guide/operate.md).',
    table(
      ['Page', ''],
      [
        ['[The workflow file](workflow-file.md)', 'every key'],
        ['[Expressions](expressions.md)', 'the language, its functions and methods'],
        ['[Problems](problems.md)', 'what `hookline check` finds, each with an example'],
        ['[Commands](commands.md)', 'what each says of itself'],
        ['[Settings](settings.md)', 'environment variables, defaults, secrets'],
        ['[Errors](errors.md)', 'codes, exit codes, what to do'],
        ['[Metrics](metrics.md)', 'what `/metrics` says'],
        ['[Alerts](alerts.md)', 'what a workflow can be told of Hookline itself'],
        ['[Refused deliveries](refusals.md)', 'why a webhook is not accepted'],
        ['[The API](openapi.json)', 'every route of the admin listener, as an OpenAPI 3.1 document'],
      ],
    ),
    table(['Connector', ''], rows('connectors', connectors)),
    table(['Source', ''], rows('sources', sources)),
  );
}
