// Finds the secret settings of a connector; a name may be a path such as `auth.token`.

import type { Connector } from '../plugin/index.ts';

/** Every text that a secret setting holds. */
export function secretsOf(connector: Connector, settings: unknown): string[] {
  return (connector.secrets ?? []).flatMap((path) => texts(at(settings, path.split('.'))));
}

/** The settings with every secret left out, or replaced by a text. */
export function withoutSecrets(
  connector: Connector,
  settings: Readonly<Record<string, unknown>>,
  instead?: string,
): Record<string, unknown> {
  let clean: Record<string, unknown> = { ...settings };
  for (const path of connector.secrets ?? []) clean = replace(clean, path.split('.'), instead);
  return clean;
}

function replace(
  value: Record<string, unknown>,
  path: readonly string[],
  instead: string | undefined,
): Record<string, unknown> {
  const [name = '', ...rest] = path;
  const { [name]: found, ...others } = value;
  if (found === undefined) return value;
  if (rest.length === 0) return instead === undefined ? others : { ...others, [name]: instead };
  if (!isRecord(found)) return value;
  return { ...others, [name]: replace(found, rest, instead) };
}

function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((found, name) => (isRecord(found) ? found[name] : undefined), value);
}

function texts(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (value === null || typeof value !== 'object') return [];
  return Object.values(value).flatMap(texts);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
