// `hookline schema`: writes a JSON Schema of the workflow file for editors.

import { readFile, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { HostError } from '../core/errors.ts';
import { findEditorParts } from '../workflow/editor-parts.ts';
import { editorSchema, type EditorParts } from '../workflow/editor-schema.ts';
import type { Io } from './client.ts';
import { misuse, runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { findFile } from './load-file.ts';
import type { Printer } from './print.ts';

const help = `
hookline schema
  Writes a JSON Schema of the workflow file for editors with a YAML language server. They then complete "on", "uses" and
  the input of each action, show what a field means, and mark what is wrong. What stands inside \${{ }} is checked by
  "hookline check". The file may have errors: what can be read of its sources and connections is used.

  --file <file>  the workflow file; default: WORKFLOWS, else ./workflows.yaml
  --out <file>   where to write; default: workflows.schema.json beside the workflow file
  --json         what was written, as JSON

Exit code: 0 written, 2 a mistake in the command line, or a file that cannot be read or written.
`;

const options = { file: { type: 'string' }, out: { type: 'string' } } as const;
const command = { name: 'schema', help, options, takes: [0, 0] } as const;

export function schema(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ values, print, show }) => {
    const { file, path, catalog } = await findFile(io, values.file);
    const text = await readText(file, path, values.file !== undefined);
    const written = values.out ?? join(dirname(file), 'workflows.schema.json');
    if (!written.endsWith('.json')) throw misuse(command, `"${written}" must end in ".json"`);
    const out = resolve(io.cwd, written);
    const parts = await findEditorParts(text ?? '', catalog);
    await writeText(out, `${JSON.stringify(editorSchema(parts), null, 1)}\n`);
    const modeline = modelineOf(path, out);
    const counts = countParts(parts);
    show({ written, modeline, ...counts, broken: Object.fromEntries(catalog.broken) }, () => {
      const { actions, connections, events } = counts;
      print.line(
        `${print.paint('✓', 'green')} ${oneLine(written)}: ${actions} actions of ${connections} connections, ${events} events`,
      );
      for (const [name, why] of catalog.broken) {
        print.line(`${print.paint('!', 'yellow')} plugin "${oneLine(name)}" is left out: ${oneLine(why)}`);
      }
      advise(print, file, text, modeline);
    });
  });
}

/** Undefined for a default file that is not there. */
async function readText(file: string, path: string, given: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    if (!given && code === 'ENOENT') return undefined;
    throw new HostError('config.unreadable', { file, why: code }, { cause: error });
  }
}

async function writeText(file: string, text: string): Promise<void> {
  try {
    await writeFile(file, text);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    throw new HostError('input.invalid', { what: `"${file}" cannot be written: ${code}` }, { cause: error });
  }
}

function modelineOf(file: string, out: string): string {
  const path = relative(dirname(file), out).replaceAll('\\', '/');
  return `# yaml-language-server: $schema=${path.startsWith('.') ? path : `./${path}`}`;
}

function countParts({ connections, sources }: EditorParts) {
  return {
    connections: connections.length,
    actions: connections.reduce((sum, { connector }) => sum + Object.keys(connector.actions).length, 0),
    events: sources.reduce((sum, { types }) => sum + types.length, 0),
  };
}

function advise(print: Printer, file: string, text: string | undefined, modeline: string): void {
  if (text === undefined) {
    print.line(`"${oneLine(file)}" is not there yet: write its sources and connections, then run this again.`);
  }
  if (text?.includes(modeline) !== true) {
    print.line(`Put this line at the top of ${oneLine(file)}:`);
    print.line(`  ${print.paint(modeline, 'cyan')}`);
  }
  print.line(print.paint('Run it again when sources, connections or plugins change.', 'dim'));
}
