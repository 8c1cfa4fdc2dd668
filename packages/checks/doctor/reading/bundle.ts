import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync, gzipSync } from 'node:zlib';
import { isRecord } from '../../model/manifest.js';
import type { Reading } from './reading.js';

/** Writes what was read into a file; compressed when its name ends in `.gz`. */
export function writeBundle(path: string, reading: Reading): void {
  const text = `${JSON.stringify(reading)}\n`;
  writeFileSync(path, path.endsWith('.gz') ? gzipSync(text) : text);
}

/** What such a file holds. @throws Error when it is none */
export function readBundle(path: string): Reading {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    throw new Error(`there is no file "${path}".`);
  }
  const isCompressed = bytes[0] === 0x1f && bytes[1] === 0x8b;
  let content: unknown;
  try {
    content = JSON.parse((isCompressed ? gunzipSync(bytes) : bytes).toString('utf8'));
  } catch {
    content = undefined;
  }
  if (!isReading(content)) {
    throw new Error(`${path} is no bundle of this version; "cafe doctor --bundle ${path}" makes one.`);
  }
  return content;
}

function isReading(content: unknown): content is Reading {
  return (
    isRecord(content) &&
    content['format'] === 1 &&
    typeof content['takenAt'] === 'string' &&
    (['namespaces', 'objects', 'unseen', 'logs'] as const).every((field) => Array.isArray(content[field]))
  );
}
