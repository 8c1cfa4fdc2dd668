import { X509Certificate } from 'node:crypto';
import { gunzipSync } from 'node:zlib';
import { isRecord } from '../../model/manifest.js';

// What is secret goes before anything else sees it: neither an answer nor a bundle can hold it.

/** Stands where something secret was. */
export const REDACTED = '(redacted)';

/** What Helm says longer than that repeats what the objects say. */
const LONGEST_SAYING = 300;

/** Names of variables, keys and arguments whose value is a secret more often than not. */
const SECRET_NAME =
  /pass(?!ive)|pwd|secret|token|credential|api[_-]?key|private[_-]?key|access[_-]?key|dsn$/i;

/** A flag whose value, a word later, is a secret. */
const SECRET_FLAG = /^--?[\w-]*(?:pass(?!ive)|pwd|token|secret)[\w-]*$/i;

/** An object without its secrets: a Secret keeps its keys, a variable its name, a URL its host. */
export function redactedObject(object: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const { metadata, ...others } = object;
  const clean = isRecord(metadata) ? metadataOf(metadata) : {};
  if (object['kind'] === 'Secret') {
    const { data, stringData, ...rest } = others;
    return {
      ...rest,
      metadata: clean,
      ...certificateOf(data),
      ...releaseOf(others, clean),
      data: { ...emptied(data), ...emptied(stringData) },
    };
  }
  if (object['kind'] === 'ConfigMap') {
    const { data, binaryData, ...rest } = others;
    const texts = isRecord(data)
      ? Object.fromEntries(
          Object.entries(data).map(([key, value]) => [
            key,
            SECRET_NAME.test(key) ? REDACTED : typeof value === 'string' ? redactedText(value) : '',
          ]),
        )
      : {};
    return { ...rest, metadata: clean, data: texts, binaryData: emptied(binaryData) };
  }
  if (object['kind'] === 'Node') return { ...others, metadata: clean, status: nodeStatus(others['status']) };
  return { ...redactedFields(others), metadata: clean };
}

/** Why a Helm release is not deployed, as Helm says it: of its values and manifests nothing. */
function releaseOf(
  { type, data }: Readonly<Record<string, unknown>>,
  { labels }: Readonly<Record<string, unknown>>,
): { readonly said?: string } {
  const encoded = type === 'helm.sh/release.v1' && isRecord(data) ? data['release'] : undefined;
  const status = isRecord(labels) ? labels['status'] : undefined;
  if (typeof encoded !== 'string' || status === 'deployed' || status === 'superseded') return {};
  try {
    // The API's base64 around Helm's own.
    const zipped = Buffer.from(Buffer.from(encoded, 'base64').toString(), 'base64');
    const record: unknown = JSON.parse(gunzipSync(zipped).toString());
    const info = isRecord(record) ? record['info'] : undefined;
    const description = isRecord(info) ? info['description'] : undefined;
    return typeof description === 'string'
      ? { said: redactedText(description).slice(0, LONGEST_SAYING) }
      : {};
  } catch {
    return {};
  }
}

/** What a certificate says to everybody who connects: of the key nothing. */
function certificateOf(data: unknown): { readonly certificate?: unknown } {
  const encoded = isRecord(data) ? data['tls.crt'] : undefined;
  if (typeof encoded !== 'string') return {};
  try {
    const { validFrom, validTo, subjectAltName, subject } = new X509Certificate(
      Buffer.from(encoded, 'base64'),
    );
    return {
      certificate: {
        from: new Date(validFrom).toISOString(),
        until: new Date(validTo).toISOString(),
        names: subjectAltName ?? subject,
      },
    };
  } catch {
    return {};
  }
}

/** What a node says of itself, without the names of everybody's images and volumes. */
const nodeStatus = (status: unknown): unknown =>
  isRecord(status)
    ? { conditions: status['conditions'], capacity: status['capacity'], allocatable: status['allocatable'] }
    : {};

/** Without the fields that repeat the whole object, values included. */
function metadataOf(all: Record<string, unknown>): Record<string, unknown> {
  const { annotations, ...metadata } = Object.fromEntries(
    Object.entries(all).filter(([field]) => field !== 'managedFields'),
  );
  if (!isRecord(annotations)) return metadata;
  const kept = Object.entries(annotations).filter(([name]) => !name.endsWith('last-applied-configuration'));
  return { ...metadata, annotations: redactedFields(Object.fromEntries(kept)) };
}

const emptied = (data: unknown): Record<string, string> =>
  isRecord(data) ? Object.fromEntries(Object.keys(data).map((key) => [key, ''])) : {};

function redactedFields(record: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, redactedValue(value, key)]));
}

function redactedValue(value: unknown, key: string): unknown {
  if (Array.isArray(value)) {
    return value.map((each: unknown, index) =>
      SECRET_FLAG.test(String(value[index - 1])) ? REDACTED : redactedValue(each, key),
    );
  }
  if (typeof value === 'string') return redactedText(value);
  if (!isRecord(value)) return value;
  // A variable or a header: its name says what its value is.
  const { name, value: held } = value;
  if (typeof name === 'string' && typeof held === 'string' && SECRET_NAME.test(name)) {
    return { ...redactedFields(value), value: REDACTED };
  }
  return redactedFields(value);
}

/** A text without passwords: those in URLs, those behind a name and `=` or `:`, and bearers' tokens. */
export function redactedText(text: string): string {
  return text
    .replace(/(\b[a-z][a-z0-9+.-]*:\/\/[^\s:/@]*):[^\s/@]+@/gi, `$1:${REDACTED}@`)
    .replace(
      /((?:[\w.-]*(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|private[_-]?key|access[_-]?key))["']?\s*(?:=|:(?!\/\/))\s*)(?:"[^"]*"|'[^']*'|[^\s,;"'}]+)/gi,
      `$1${REDACTED}`,
    )
    .replace(/(--?[\w-]*(?:pass(?!ive)|pwd|token|secret)[\w-]*[= ])(?!-)\S+/gi, `$1${REDACTED}`)
    .replace(/\b(Bearer|Basic)\s+[\w.~+/=-]{8,}/gi, `$1 ${REDACTED}`)
    .replace(/-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?-----END [A-Z ]*PRIVATE KEY-----/g, REDACTED);
}
