// How much script the page loads: little at first, the editor only where it is used.

import { readdirSync, readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { builtPage } from '../../src/console/api/page.ts';
import { buildPage } from './build.ts';

test('loads at most 30 kB of script at first, and 140 kB for the playground', () => {
  buildPage();
  const folder = `${builtPage}/assets`;
  const scripts = readdirSync(folder).filter((name) => name.endsWith('.js'));
  const size = (names: readonly string[]) =>
    names.reduce((sum, name) => sum + gzipSync(readFileSync(`${folder}/${name}`), { level: 9 }).length, 0);
  const named = [...readFileSync(`${builtPage}/index.html`, 'utf8').matchAll(/assets\/([\w-]+\.js)/g)];
  const first = named.map(([, name = '']) => name);
  const later = scripts.filter((name) => !first.includes(name));
  expect(size(first)).toBeGreaterThan(5000);
  expect(size(first)).toBeLessThanOrEqual(30_000);
  expect(size(later)).toBeGreaterThan(50_000);
  expect(size(later)).toBeLessThanOrEqual(140_000);
  console.info(`script, compressed: ${size(first)} bytes at first, ${size(later)} for the playground`);
});
