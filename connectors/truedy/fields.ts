// Reads plain data that may have any form.

export type Fields = Readonly<Record<string, unknown>>;

export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property only, so that a field named like a method is no value. */
export function read(fields: Fields, name: string): unknown {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

export function readPath(fields: Fields, path: string): unknown {
  return path.split('.').reduce<unknown>((value, name) => (isFields(value) ? read(value, name) : undefined), fields);
}

/** An id as text: a number is as good as its digits. */
export function toText(value: unknown): string | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function toNumber(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  return typeof value === 'string' && /^-?\d{1,15}(?:\.\d{1,9})?$/.test(value) ? Number(value) : undefined;
}

/** Seconds from a number, `"142"`, `"142s"` or `"1h2m22s"`. */
export function toSeconds(value: unknown): number | undefined {
  const number = toNumber(value);
  if (number !== undefined) return number >= 0 ? number : undefined;
  if (typeof value !== 'string') return undefined;
  const match = /^(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,9}(?:\.\d{1,9})?)s)?$/.exec(value);
  if (value === '' || match === null) return undefined;
  const [, hours = '0', minutes = '0', seconds = '0'] = match;
  return Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds);
}

/** The same fields with camelCase names, those that are null left out; a name that was camelCase already wins. */
export function camelFields(fields: Fields, renames: ReadonlyMap<string, string>): Fields {
  const entries = Object.entries(fields).filter(([, value]) => value !== null);
  const named = entries.map(([name, value]) => [renames.get(name) ?? camel(name), value, name] as const);
  const changed = named.filter(([to, , name]) => to !== name);
  const kept = named.filter(([to, , name]) => to === name);
  return Object.fromEntries([...changed, ...kept].map(([name, value]) => [name, value]));
}

function camel(name: string): string {
  if (!/^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/.test(name)) return name;
  return name.replace(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

/** The given fields without those that are undefined. */
export function defined(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}
