import type { Connection } from '../../model/connections.js';
import { isRecord, type Manifest } from '../../model/manifest.js';
import type { Release } from '../../model/release.js';
import type { CheckOptions } from '../proof.js';

/** A Service that a release makes for clients. */
export interface ReleaseService {
  readonly release: Release;
  /** How a client of the namespace that was asked for calls it. */
  readonly host: string;
}

const DATABASE_HOST = /^(?:DB|DATABASE|PG|POSTGRES|POSTGRESQL)_?/;

/**
 * The Service of a release that a host which does not resolve was meant to be: by its port, or, without one, because the
 * variable is a database's. Nothing when the host resolves.
 */
export function releaseServiceFor(
  { address, resolution, workload }: Connection,
  { releases = [] }: CheckOptions,
): ReleaseService | undefined {
  if (resolution.kind !== 'missing' || resolution.namespace !== workload.namespace) return undefined;
  const candidates = releases
    .flatMap((release) => release.manifests.map((manifest) => ({ release, manifest })))
    .filter(
      ({ manifest }) =>
        isForClients(manifest) &&
        (address.port === undefined
          ? DATABASE_HOST.test(address.variable.name)
          : portsOf(manifest).includes(address.port)),
    );
  const found = candidates.find(({ manifest }) => manifest.namespace === workload.namespace) ?? candidates[0];
  if (!found) return undefined;
  const { release, manifest } = found;
  const { name, namespace } = manifest;
  return { release, host: namespace === workload.namespace ? name : `${name}.${namespace}` };
}

/** A headless Service makes the names of pods; clients use the one with an address. */
const isForClients = ({ kind, content }: Manifest): boolean =>
  kind === 'Service' && isRecord(content['spec']) && content['spec']['clusterIP'] !== 'None';

function portsOf({ content }: Manifest): unknown[] {
  const ports = isRecord(content['spec']) ? content['spec']['ports'] : undefined;
  return Array.isArray(ports)
    ? ports.map((port: unknown) => (isRecord(port) ? port['port'] : undefined))
    : [];
}
