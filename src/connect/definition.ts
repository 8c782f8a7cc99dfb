// Looks over what a plugin file exports before anything relies on it.

import { schemaFault } from './schema.ts';

type Fields = Readonly<Record<string, unknown>>;

const effects: ReadonlySet<unknown> = new Set(['keyed', 'repeatable', 'lookup', 'once']);
const namePattern = /^[a-z][a-z0-9-]*$/;

/** What is wrong with a connector; undefined when nothing is. */
export function connectorFault(found: object): string | undefined {
  const connector = found as Fields;
  const { actions } = connector;
  if (!isFields(actions) || Object.keys(actions).length === 0) return 'it has no "actions"';
  return (
    textFault(connector, ['description']) ??
    functionFault(connector, ['connect'], ['check', 'close', 'sandbox']) ??
    schemasFault(connector, ['settings']) ??
    secretsFault(connector['secrets'], connector['settings'] as Fields) ??
    firstFault(Object.entries(actions), ([name, action]) => inside(`action "${name}"`, actionFault(name, action)))
  );
}

/** What is wrong with a source; undefined when nothing is. */
export function sourceFault(found: object): string | undefined {
  const source = found as Fields;
  const { events, scheme, verify } = source;
  if (scheme === undefined && verify === undefined) return 'it has neither "scheme" nor "verify"';
  if (!isFields(events)) return 'it has no "events"';
  return (
    textFault(source, ['description']) ??
    functionFault(source, ['identify'], ['verify', 'handshake', 'sampleHeaders']) ??
    (source['settings'] === undefined ? undefined : schemasFault(source, ['settings'])) ??
    firstFault(Object.entries(events), ([type, event]) => inside(`event "${type}"`, eventFault(event)))
  );
}

function actionFault(name: string, action: unknown): string | undefined {
  if (!namePattern.test(name)) return 'its name must be lower-case letters, digits and "-", beginning with a letter';
  if (!isFields(action)) return 'it is not made by defineAction';
  const { effect, lookup } = action;
  if (typeof effect !== 'function' && !effects.has(effect)) {
    return '"effect" must be "keyed", "repeatable", "lookup" or "once", or a function that gives one';
  }
  if (effect === 'lookup' && typeof lookup !== 'function') return 'its effect is "lookup", but it has no "lookup"';
  return (
    textFault(action, ['description']) ??
    functionFault(action, ['run'], ['lookup']) ??
    schemasFault(action, ['input', 'output'])
  );
}

function eventFault(event: unknown): string | undefined {
  if (!isFields(event)) return 'it is not an object';
  if (!isFields(event['samples'])) return 'it has no "samples"';
  return textFault(event, ['description']) ?? schemasFault(event, ['data', 'body']);
}

function secretsFault(secrets: unknown, settings: Fields): string | undefined {
  if (secrets === undefined) return undefined;
  if (!Array.isArray(secrets)) return '"secrets" must be a list of setting names';
  const known = isFields(settings['properties']) ? settings['properties'] : {};
  const strange = secrets.find((name) => typeof name !== 'string' || !Object.hasOwn(known, name.split('.')[0] ?? ''));
  return strange === undefined ? undefined : `"secrets" names ${JSON.stringify(strange)}, which is no setting`;
}

function textFault(fields: Fields, names: readonly string[]): string | undefined {
  return firstFault(names, (name) =>
    typeof fields[name] === 'string' && fields[name] !== '' ? undefined : `"${name}" is missing`,
  );
}

function functionFault(fields: Fields, needed: readonly string[], others: readonly string[]): string | undefined {
  return firstFault([...needed, ...others], (name) => {
    if (fields[name] === undefined) return needed.includes(name) ? `"${name}" is missing` : undefined;
    return typeof fields[name] === 'function' ? undefined : `"${name}" must be a function`;
  });
}

function schemasFault(fields: Fields, names: readonly string[]): string | undefined {
  return firstFault(names, (name) => {
    if (fields[name] === undefined) return `"${name}" is missing`;
    const why = schemaFault(fields[name]);
    return why === undefined ? undefined : `"${name}" is no usable JSON Schema: ${why}`;
  });
}

function firstFault<T>(list: readonly T[], faultOf: (item: T) => string | undefined): string | undefined {
  for (const item of list) {
    const fault = faultOf(item);
    if (fault !== undefined) return fault;
  }
  return undefined;
}

function inside(subject: string, fault: string | undefined): string | undefined {
  return fault === undefined ? undefined : `${subject}: ${fault}`;
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}
