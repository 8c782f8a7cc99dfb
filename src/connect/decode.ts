// Takes the content encodings off the body of an answer.

import { pipeline, Readable, type Transform } from 'node:stream';
import {
  constants,
  createBrotliDecompress,
  createGunzip,
  createInflate,
  createInflateRaw,
  createZstdDecompress,
} from 'node:zlib';

/** Each costs memory, and one within the other multiplies what a few bytes can become. */
const most = 5;

// Flushed at every piece, as browsers do: an end that is cut off is no error.
const zlib = { flush: constants.Z_SYNC_FLUSH, finishFlush: constants.Z_SYNC_FLUSH };
const brotli = { flush: constants.BROTLI_OPERATION_FLUSH, finishFlush: constants.BROTLI_OPERATION_FLUSH };
const zstd = {
  flush: constants.ZSTD_e_continue,
  finishFlush: constants.ZSTD_e_end,
  params: { [constants.ZSTD_d_windowLogMax]: 23 },
};

type Body = AsyncIterable<Buffer>;
type Decoder = (body: Body) => Body;

const through =
  (create: () => Transform): Decoder =>
  (body) =>
    // Whoever reads it hears of an error in either.
    pipeline(Readable.from(body), create(), () => undefined);

const gunzip = through(() => createGunzip(zlib));
const decoders = new Map<string, Decoder>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['deflate', inflate],
  ['br', through(() => createBrotliDecompress(brotli))],
  ['zstd', through(() => createZstdDecompress(zstd))],
]);

/** What takes off the encodings that a header lists; nothing is when one of them is not known. Throws for too many. */
export function findDecoder(header: string): Decoder | undefined {
  const names = header.toLowerCase().split(',');
  if (names.length > most) throw new Error(`too many content-encodings in an answer: ${names.length}, at most ${most}`);
  const found = names.flatMap((name) => decoders.get(name.trim()) ?? []);
  if (found.length < names.length) return undefined;
  return (body) => found.reduceRight((inner, decoder) => decoder(inner), body);
}

/** With or without the head of zlib: servers send both under this name. */
async function* inflate(body: Body): AsyncGenerator<Buffer> {
  const chunks = body[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done === true) return;
  const create = ((first.value[0] ?? 0) & 0x0f) === 0x08 ? createInflate : createInflateRaw;
  const all = async function* () {
    yield first.value;
    yield* { [Symbol.asyncIterator]: () => chunks };
  };
  yield* through(() => create(zlib))(all());
}
