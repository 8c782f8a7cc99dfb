// Checks `sources:`: the preset exists, there are secrets, the settings fit, the file's own event types are schemas.

import { parseDuration } from '../core/settings.ts';
import type { Schema } from '../plugin/index.ts';
import { createCatalogue } from './catalogue.ts';
import { alertSourceName } from './glob.ts';
import type { Checking } from './checking.ts';
import type { CheckedSource } from './checked.ts';
import { checkSettings, readSettings, reportUnknownPart, warnLiteralSecret } from './check-connections.ts';
import type { Span } from './report.ts';
import { child, entriesOf, itemsOf, textOf, toData, type Entry, type Node } from './node.ts';

/** By name; a source that cannot be used is left out. */
export function checkSources(node: Node | undefined, checking: Checking): ReadonlyMap<string, CheckedSource> {
  const sources = new Map<string, CheckedSource>();
  for (const [name, entry] of entriesOf(node)) {
    if (name === alertSourceName) {
      const message = `source "${name}" is there without being declared; it gives alerts of Hookline itself`;
      checking.report.error('value.reserved', entry.key, message, 'Give this source another name.');
      continue;
    }
    const source = checkSource(name, entry, checking);
    if (source !== undefined) sources.set(name, source);
  }
  return sources;
}

function checkSource(name: string, entry: Entry, checking: Checking): CheckedSource | undefined {
  const { parts } = checking;
  const { value } = entry;
  const secretSpans = new Map<string, Span>();
  const secrets = readSecrets(name, entry, checking, secretSpans);
  const usesNode = child(value, 'uses');
  const uses = textOf(usesNode);
  if (uses === undefined || usesNode === undefined) return undefined;
  const source = parts.sources.get(uses);
  if (source === undefined) {
    const candidates = parts.sourceNames;
    reportUnknownPart({ code: 'source.unknown', what: 'source', name: uses, node: usesNode, candidates }, checking);
    return undefined;
  }
  const settings = checkSettings(
    child(value, 'with'),
    entry,
    source.settings ?? noSettings,
    `source "${name}": `,
    checking,
    secretSpans,
  );
  const events = readEvents(name, child(value, 'events'), checking);
  return {
    name,
    source,
    keepContentKeysMs: parseDuration(textOf(child(value, 'keepContentKeys')) ?? ''),
    catalogue: createCatalogue(source, events),
    secrets,
    settings,
    secretSpans,
    span: entry.key,
  };
}

const noSettings: Schema = { type: 'object', properties: {} };

function readSecrets(
  name: string,
  entry: Entry,
  checking: Checking,
  secretSpans: Map<string, Span>,
): CheckedSource['secrets'] {
  const node = child(entry.value, 'secrets');
  if (node?.kind === 'broken' || entry.value.kind !== 'map') return [];
  const items = itemsOf(node);
  if (node === undefined || (node.kind === 'list' && items.length === 0)) {
    const example = `secrets: ["\${{ secrets.${name.toUpperCase().replaceAll('-', '_')}_WEBHOOK_SECRET }}"]`;
    checking.report.error(
      'source.no-secrets',
      node ?? entry.key,
      `source "${name}" has no secret to verify with`,
      `Add ${example}.`,
    );
  }
  return items.map((item) => {
    const value = readSettings(item, checking, secretSpans);
    if (value.kind === 'literal') warnLiteralSecret(item, checking);
    return value;
  });
}

function readEvents(name: string, node: Node | undefined, { report, validators }: Checking): Map<string, Schema> {
  const events = new Map<string, Schema>();
  for (const [type, entry] of entriesOf(node)) {
    const { value } = entry;
    if (textOf(value) === 'any') {
      events.set(type, {});
      continue;
    }
    const schema = toData(value);
    const fault = value.kind === 'map' ? validators.schemaFault(schema as object) : 'it must be "any" or a JSON Schema';
    if (fault === undefined) events.set(type, schema as Schema);
    else if (value.kind !== 'broken')
      report.error('event.schema', value, `source "${name}": the schema of "${type}" cannot be used: ${fault}`);
  }
  return events;
}
