// The built page, as it is in the sources now.

import { execFileSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** `npm ci` builds it; here it is built again when its sources have changed since. */
export function buildPage(): void {
  const built = statSync(`${root}/src/console/dist/index.html`, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const folder = `${root}/src/console/page`;
  const sources = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const newest = Math.max(...sources.map((name) => statSync(`${folder}/${name}`).mtimeMs));
  // Not the tests' own NODE_ENV: what ships is built for production.
  const env = { ...process.env, NODE_ENV: 'production' };
  if (newest > built) execFileSync('npm', ['run', '--silent', 'build'], { cwd: root, stdio: 'inherit', env });
}
