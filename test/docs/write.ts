// Writes docs/reference; `npm run reference`. Pages that are no longer made are removed.

import { mkdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildReference } from './reference.ts';

const folder = fileURLToPath(new URL('../../docs/reference/', import.meta.url));
const pages = await buildReference();
await rm(folder, { recursive: true, force: true });
for (const [file, text] of pages) {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), text);
}
process.stdout.write(`${pages.size} pages in docs/reference\n`);
