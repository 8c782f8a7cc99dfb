// `hookline schema`: writes a JSON Schema of the workflow file for editors.

import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { HostError } from '../core/errors.ts';
import { readFiles } from '../run/read-files.ts';
import { findEditorParts } from '../workflow/editor-parts.ts';
import { editorSchema, type EditorParts } from '../workflow/editor-schema.ts';
import { listFiles, type FileTexts } from '../workflow/files.ts';
import type { Io } from './client.ts';
import { misuse, runCommand } from './command.ts';
import { oneLine } from './format.ts';
import { findFile } from './load-file.ts';
import type { Printer } from './print.ts';
import { findTestSchema } from './schema-tests.ts';

const help = `
hookline schema
  Writes a JSON Schema of the workflow file for editors with a YAML language server. They then complete "on", "uses" and
  the input of each action, show what a field means, and mark what is wrong. What stands inside \${{ }} is checked by
  "hookline check". The file may have errors: what can be read of its sources and connections is used.
  Test files beside it get a schema of their own, workflows.test.schema.json.

  --file <file>  the workflow file or folder; default: WORKFLOWS, else ./workflows.yaml, else ./workflows/
  --out <file>   where to write; default: workflows.schema.json beside the workflow file or folder
  --json         what was written, as JSON

Exit code: 0 written, 2 a mistake in the command line, or a file that cannot be read or written.
`;

const options = { file: { type: 'string' }, out: { type: 'string' } } as const;
const command = { name: 'schema', help, options, takes: [0, 0] } as const;

export function schema(args: readonly string[], io: Io): Promise<number> {
  return runCommand(command, args, io, async ({ values, print, show }) => {
    const { file, path, catalog } = await findFile(io, values.file);
    const files = await readTexts(file, path, values.file !== undefined);
    const written = values.out ?? join(dirname(file), 'workflows.schema.json');
    if (!written.endsWith('.json')) throw misuse(command, `"${written}" must end in ".json"`);
    const out = resolve(io.cwd, written);
    const parts = await findEditorParts(files ?? [], catalog);
    const whole = editorSchema(parts);
    // A file of a folder may leave the workflows to another one.
    const one = Array.isArray(files) ? { ...whole, required: ['version'] } : whole;
    await writeText(out, `${JSON.stringify(one, null, 1)}\n`);
    const tests = await findTestSchema(io, file, written);
    if (tests !== undefined)
      await writeText(resolve(io.cwd, tests.written), `${JSON.stringify(tests.schema, null, 1)}\n`);
    const modeline = modelineOf(resolve(io.cwd, listFiles(files ?? { file, text: '' })[0]?.file ?? file), out);
    const counts = countParts(parts);
    show(
      { written, tests: tests?.written ?? null, modeline, ...counts, broken: Object.fromEntries(catalog.broken) },
      () => {
        const { actions, connections, events } = counts;
        print.line(
          `${print.paint('✓', 'green')} ${oneLine(written)}: ${actions} actions of ${connections} connections, ${events} events`,
        );
        for (const [name, why] of catalog.broken) {
          print.line(`${print.paint('!', 'yellow')} plugin "${oneLine(name)}" is left out: ${oneLine(why)}`);
        }
        if (tests !== undefined) print.line(`${print.paint('✓', 'green')} ${oneLine(tests.written)}, for tests`);
        advise(print, file, files, modeline);
        if (tests !== undefined) adviseLine(print, tests.bare, tests.modeline);
        print.line(print.paint('Run it again when sources, connections or plugins change.', 'dim'));
      },
    );
  });
}

/** Undefined for a default file that is not there. */
async function readTexts(file: string, path: string, given: boolean): Promise<FileTexts | undefined> {
  if (!given && !existsSync(path)) return undefined;
  return readFiles(path, file);
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

function advise(print: Printer, file: string, files: FileTexts | undefined, modeline: string): void {
  if (files === undefined) {
    print.line(`"${oneLine(file)}" is not there yet: write its sources and connections, then run this again.`);
  }
  const bare =
    files === undefined ? [file] : listFiles(files).flatMap((one) => (one.text.includes(modeline) ? [] : one.file));
  adviseLine(print, bare, modeline);
}

function adviseLine(print: Printer, files: readonly string[], modeline: string): void {
  if (files.length === 0) return;
  print.line(`Put this line at the top of ${oneLine(files.join(', '), 200)}:`);
  print.line(`  ${print.paint(modeline, 'cyan')}`);
}
