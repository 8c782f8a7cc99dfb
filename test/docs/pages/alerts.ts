// The page of our own alerts, from the source that every workflow file has.

import { alertSource } from '../../../src/workflow/alerts.ts';
import { code, page, table } from '../markdown.ts';
import { fieldsOf } from '../schema-rows.ts';

export function alertsPage(): string {
  return page(
    '# Alerts of Hookline itself',
    `Source \`${alertSource.name}\` needs no entry under \`sources\`. Only its own name means it: \`on: "*:*"\` takes none of these. How to use them: [guide](../operate/alerts.md).`,
    ...Object.entries(alertSource.events).map(([type, { description, data }]) =>
      page(
        `## ${code(`${alertSource.name}:${type}`)}`,
        description,
        table(
          ['Field of `event.data`', 'Type', 'What it is'],
          fieldsOf(data).map((field) => [code(field.path), field.type, field.description]),
        ),
      ).trimEnd(),
    ),
  );
}
