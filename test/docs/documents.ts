// The documents of the project, and the parts of them that tests look at: fenced blocks, links, headings, commands.

import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../../', import.meta.url));

export interface Block {
  /** `yaml`, `yaml part`, `ts`, … */
  readonly info: string;
  readonly text: string;
  /** 1-based, of the first line of the text. */
  readonly line: number;
}

export interface Document {
  /** From the root: `docs/guide/workflows.md`. */
  readonly file: string;
  readonly text: string;
  readonly blocks: readonly Block[];
  /** The text without its fenced blocks. */
  readonly prose: string;
}

/** README.md and everything below docs. */
export function readDocuments(): readonly Document[] {
  const below = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  const files = ['README.md', ...below.filter((name) => name.endsWith('.md')).map((name) => join('docs', name))];
  return files.sort().map(readDocument);
}

export function readDocument(file: string): Document {
  const text = readFileSync(join(root, file), 'utf8');
  return { file, text, blocks: blocksOf(text), prose: text.replaceAll(fence, '') };
}

const fence = /^```([^\n]*)\n([\s\S]*?)^```$/gm;

function blocksOf(text: string): Block[] {
  return [...text.matchAll(fence)].map((match) => ({
    info: (match[1] ?? '').trim(),
    text: match[2] ?? '',
    line: text.slice(0, match.index).split('\n').length + 1,
  }));
}

/** Files that blocks begin with the name of: `// plugins/acme.ts`. */
export function namedFiles({ blocks }: Document): readonly { readonly name: string; readonly text: string }[] {
  return blocks.flatMap(({ text }) => {
    const name = /^\/\/ (\S+\.[jt]s)\n/.exec(text)?.[1];
    return name === undefined ? [] : [{ name, text }];
  });
}

/** Links into the project: the file from the root, and the heading. */
export function linksOf({ file, prose }: Document): readonly { readonly file: string; readonly heading: string }[] {
  return [...prose.replaceAll(/`[^`\n]*`/g, '').matchAll(/\]\(([^)\s]+)\)/g)]
    .map(([, target = '']) => target)
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', heading = ''] = target.split('#');
      const named = path === '' ? file : relative(root, join(root, dirname(file), path));
      return { file: named, heading };
    });
}

/** The anchors of a document's headings, as the site makes them. */
export function anchorsOf({ prose }: Document): readonly string[] {
  return [...prose.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
    title
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** `hookline <command> …` wherever it is written, to the end of its line or code. */
export function commandsIn({ text }: Document): readonly string[] {
  return [...text.matchAll(/(?:npx |\$ |["`]|^ {4}|exec \w+ )hookline ([a-z][^"`\n]*)/gm)].map(([, call = '']) =>
    call.trim(),
  );
}
