// Where `hookline send` posts to, and with which secret: the `hookline dev` of this folder, or what the command line says.

import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { readSecret } from '../core/settings.ts';
import { AnswerError, type Io } from './client.ts';

export interface Target {
  /** Of the source, with its path. */
  readonly url: string;
  /** Preset or plugin that the source uses. */
  readonly uses: string;
  readonly secret: string;
  readonly settings: unknown;
  /** Folder of custom connectors. */
  readonly plugins: string;
}

export interface TargetOptions {
  readonly url?: string | undefined;
  readonly uses?: string | undefined;
  readonly secret?: string | undefined;
}

/** Throws an AnswerError that says what is missing, or `secret.empty`. */
export function findTarget(io: Io, name: string, options: TargetOptions): Target {
  if (options.url !== undefined) {
    if (!URL.canParse(options.url))
      throw fault(`"${options.url}" is no URL`, 'Give the receiver, such as http://127.0.0.1:3000.');
    const secret = options.secret ?? readSecret(io.env, 'HOOKLINE_SECRET');
    const url = sourceUrl(options.url, name);
    return { url, uses: options.uses ?? name, secret, settings: {}, plugins: pluginsOf(io, undefined) };
  }
  const dev = readDev(io.cwd);
  if (dev === undefined) {
    throw fault(
      'no "hookline dev" runs in this folder',
      'Start it here in another terminal, or give --url and HOOKLINE_SECRET.',
    );
  }
  const source = Object.hasOwn(dev.sources, name) ? dev.sources[name] : undefined;
  if (source === undefined) {
    const names = Object.keys(dev.sources).join(', ');
    throw fault(`"${name}" is no source of the running file`, `It has ${names === '' ? 'none' : names}.`);
  }
  return {
    url: sourceUrl(dev.url, name),
    uses: source.uses,
    secret: options.secret ?? source.secret,
    settings: source.settings ?? {},
    plugins: pluginsOf(io, dev.plugins),
  };
}

/** Where the running dev found them; PLUGINS, or `plugins` here, without one. */
function pluginsOf(io: Io, used: string | undefined): string {
  const given = (io.env['PLUGINS'] ?? '').trim();
  return used ?? resolve(io.cwd, given === '' ? 'plugins' : given);
}

function sourceUrl(base: string, name: string): string {
  return `${base.trim().replace(/\/+$/, '')}/webhooks/${encodeURIComponent(name)}`;
}

function fault(what: string, help: string): AnswerError {
  return new AnswerError('input.invalid', what, help);
}

interface Dev {
  readonly url: string;
  readonly plugins?: string;
  readonly sources: { readonly [name: string]: { uses: string; secret: string; settings?: unknown } };
}

function readDev(cwd: string): Dev | undefined {
  try {
    const dev = JSON.parse(readFileSync(join(cwd, '.hookline', 'dev.json'), 'utf8')) as Partial<Dev>;
    return typeof dev.url === 'string' && typeof dev.sources === 'object' ? (dev as Dev) : undefined;
  } catch {
    return undefined;
  }
}
