// The log that every part is given, and the redactor that keeps secrets out of it, of errors and of the store.

import { pino, type DestinationStream } from 'pino';
import type { StoredError } from './model.ts';

export interface Log {
  debug(message: string, fields?: Record<string, unknown>): void;
  info(message: string, fields?: Record<string, unknown>): void;
  warn(message: string, fields?: Record<string, unknown>): void;
  error(message: string, fields?: Record<string, unknown>): void;
}

/** Replaces every known secret in a text; secrets can be added as connections are opened. */
export interface Redactor {
  add(secrets: readonly string[]): void;
  text(value: string): string;
  /** The same for every string inside a plain value. */
  value(value: unknown): unknown;
}

export function createRedactor(): Redactor {
  const known = new Set<string>();
  const text = (value: string) => {
    let clean = value;
    for (const secret of known) if (clean.includes(secret)) clean = clean.replaceAll(secret, '[redacted]');
    return clean;
  };
  const walk = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value);
    if (Array.isArray(value)) return value.map(walk);
    if (value === null || typeof value !== 'object') return value;
    return Object.fromEntries(Object.entries(value).map(([name, item]) => [text(name), walk(item)]));
  };
  return {
    add: (secrets) => {
      for (const secret of secrets) {
        if (secret.length < 4) continue;
        known.add(secret);
        known.add(encodeURIComponent(secret));
        known.add(Buffer.from(secret).toString('base64'));
      }
    },
    text,
    value: (value) => (known.size === 0 ? value : walk(value)),
  };
}

/** JSON lines through pino; every field and message passes the redactor. */
export function createLog(options: { level: string; redactor: Redactor; destination?: DestinationStream }): Log {
  const settings = { level: options.level, base: null, timestamp: pino.stdTimeFunctions.isoTime };
  const logger = options.destination ? pino(settings, options.destination) : pino(settings);
  const at =
    (level: 'debug' | 'info' | 'warn' | 'error') =>
    (message: string, fields: Record<string, unknown> = {}) => {
      if (logger.isLevelEnabled(level))
        logger[level](options.redactor.value(fields) as object, options.redactor.text(message));
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** An error as it is stored and shown: name, code, message and cause chain, without secrets and without control characters. */
export function storeError(error: unknown, redactor: Redactor): StoredError {
  const clean = (text: string) => redactor.text(printable(text)).slice(0, 2000);
  if (!(error instanceof Error)) return { name: 'Error', message: clean(describe(error)) };
  const causes: string[] = [];
  for (let cause = error.cause, depth = 0; cause !== undefined && cause !== null && depth < 5; depth++) {
    causes.push(clean(describe(cause)));
    cause = cause instanceof Error ? cause.cause : undefined;
  }
  const code = (error as { code?: unknown }).code;
  return {
    name: clean(error.name),
    message: clean(error.message),
    ...(typeof code === 'string' ? { code: clean(code) } : {}),
    ...(causes.length > 0 ? { causes } : {}),
  };
}

/** Control and direction characters made visible, so that data cannot rewrite a terminal or a log line. Tabs and line breaks stay. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (char) =>
    char === '\t' || char === '\n' ? char : `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function describe(value: unknown): string {
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? typeof value);
}
