// The real YAML language server that editors use, asked over its protocol.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join, dirname } from 'node:path';

export interface Position {
  /** 0-based, as the protocol counts. */
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly message: string;
  readonly range: { readonly start: Position; readonly end: Position };
}

export interface LanguageServer {
  /** Opens a document and resolves with what is wrong in it. */
  open(uri: string, text: string): Promise<readonly Diagnostic[]>;
  /** Labels of what it offers at a place. */
  complete(uri: string, position: Position): Promise<readonly string[]>;
  hover(uri: string, position: Position): Promise<string>;
  stop(): Promise<void>;
}

interface Message {
  readonly id?: number | string;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const require = createRequire(import.meta.url);
const main = join(dirname(require.resolve('yaml-language-server/package.json')), 'bin/yaml-language-server');

export async function startLanguageServer(): Promise<LanguageServer> {
  const child = spawn(process.execPath, [main, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<number, (message: Message) => void>();
  const diagnosed = new Map<string, (found: readonly Diagnostic[]) => void>();
  let asked = 0;
  const write = (message: Record<string, unknown>) => {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  };
  const ask = (method: string, params: unknown) => {
    const id = ++asked;
    return new Promise<unknown>((resolve, reject) => {
      waiting.set(id, ({ result, error }) => (error ? reject(new Error(error.message)) : resolve(result)));
      write({ id, method, params });
    });
  };
  const receive = (message: Message) => {
    const { id, method, params } = message;
    if (method === undefined) return waiting.get(Number(id))?.(message);
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly Diagnostic[] };
      return diagnosed.get(uri)?.(diagnostics);
    }
    if (id !== undefined) write({ id, result: method === 'workspace/configuration' ? settingsFor(params) : null });
  };
  child.stdout.on('data', createReader(receive));
  await ask('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities: { workspace: { configuration: true } },
  });
  write({ method: 'initialized', params: {} });
  const at = (uri: string, position: Position) => ({ textDocument: { uri }, position });
  return {
    open: (uri, text) =>
      new Promise((resolve) => {
        diagnosed.set(uri, resolve);
        const textDocument = { uri, languageId: 'yaml', version: 1, text };
        write({ method: 'textDocument/didOpen', params: { textDocument } });
      }),
    complete: async (uri, position) => {
      const answer = (await ask('textDocument/completion', at(uri, position))) as {
        items: readonly { label: string }[];
      };
      return answer.items.map(({ label }) => label);
    },
    hover: async (uri, position) => {
      const answer = (await ask('textDocument/hover', at(uri, position))) as { contents: { value: string } } | null;
      return answer?.contents.value ?? '';
    },
    stop: async () => {
      const ended = once(child, 'exit');
      child.kill();
      await ended;
    },
  };
}

/** No schema from the network: only the one that the document names. */
function settingsFor(params: unknown): readonly unknown[] {
  const { items } = params as { items: readonly { section: string }[] };
  const yaml = { validate: true, hover: true, completion: true, schemaStore: { enable: false } };
  return items.map(({ section }) => (section === 'yaml' ? yaml : {}));
}

/** Cuts the bytes into messages by their length. */
function createReader(receive: (message: Message) => void): (piece: Buffer) => void {
  let bytes = Buffer.alloc(0);
  return (piece) => {
    bytes = Buffer.concat([bytes, piece]);
    for (;;) {
      const end = bytes.indexOf('\r\n\r\n');
      const length = Number(/Content-Length: (\d+)/i.exec(bytes.subarray(0, Math.max(end, 0)).toString())?.[1]);
      if (end === -1 || bytes.length < end + 4 + length) return;
      const text = bytes.subarray(end + 4, end + 4 + length).toString();
      bytes = bytes.subarray(end + 4 + length);
      receive(JSON.parse(text) as Message);
    }
  };
}
