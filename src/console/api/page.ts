// Serves the console page: the few files that its build made, from memory.

import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { extname, join, relative } from 'node:path';
import { gzipSync } from 'node:zlib';
import { fileURLToPath } from 'node:url';
import type { FastifyInstance } from 'fastify';

/** Where the build puts it. */
export const builtPage = fileURLToPath(new URL('../dist', import.meta.url));

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/** Nothing but our own files, no inline script, and no text that turns into markup. */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'none'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ');

interface Asset {
  readonly type: string;
  readonly plain: Buffer;
  readonly zipped: Buffer;
  readonly tag: string;
}

/** `folder`: an installation without the page says how to build it. */
export async function pageRoutes(server: FastifyInstance, folder: string): Promise<void> {
  const assets = await readAssets(folder);
  if (assets.size === 0) {
    server.get('/', async (_, reply) => reply.type('text/plain; charset=utf-8').send(unbuilt));
    return;
  }
  for (const [path, asset] of assets) {
    const lasting = path.startsWith('/assets/');
    server.get(path === '/index.html' ? '/' : path, async ({ headers }, reply) => {
      const cache = lasting ? 'public, max-age=31536000, immutable' : 'no-store';
      reply.headers({
        'content-security-policy': policy,
        'cache-control': cache,
        etag: asset.tag,
        vary: 'accept-encoding',
      });
      if (headers['if-none-match'] === asset.tag) return reply.code(304).send();
      const zip = /\bgzip\b/.test(headers['accept-encoding'] ?? '');
      if (zip) reply.header('content-encoding', 'gzip');
      return reply.type(asset.type).send(zip ? asset.zipped : asset.plain);
    });
  }
}

const unbuilt = 'The console page is not built. Run "npm run build" once; the API under /api works without it.\n';

async function readAssets(folder: string): Promise<ReadonlyMap<string, Asset>> {
  const names = await readdir(folder, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = names.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  const assets = new Map<string, Asset>();
  for (const file of files.toSorted()) {
    const plain = await readFile(file);
    const tag = `"${createHash('sha256').update(plain).digest('base64url').slice(0, 22)}"`;
    const type = types[extname(file)] ?? 'application/octet-stream';
    assets.set(`/${relative(folder, file)}`, { type, plain, zipped: gzipSync(plain, { level: 9 }), tag });
  }
  return assets;
}
