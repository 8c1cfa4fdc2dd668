import { constants, gzipSync } from 'node:zlib';

const BLOCK = 512;

/**
 * A `.tar.gz` of files: the same bytes for the same files, on every machine. It has no times and no owners, and it is not
 * compressed: what compresses differs between versions of zlib and between processors.
 *
 * @param files - by their paths in the archive, with `/`
 * @throws Error that names a path which is too long for the format
 */
export function archive(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const sorted = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  const entries = sorted.flatMap(([path, content]) => [
    header(path, content.length),
    content,
    Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK),
  ]);
  const zipped = gzipSync(Buffer.concat([...entries, Buffer.alloc(2 * BLOCK)]), {
    level: constants.Z_NO_COMPRESSION,
  });
  // The operating system that packed it, RFC 1952: unknown.
  zipped[9] = 255;
  return zipped;
}

/** As POSIX calls it: ustar. */
function header(path: string, size: number): Buffer {
  const block = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(path) > 100)
    throw new Error(`${path} is longer than the 100 bytes that tar has for a path`);
  block.write(path, 0);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('0', 156);
  block.write('ustar\x0000', 257);
  // Of the whole header, with spaces where the sum will stand.
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
