import { createHash } from 'node:crypto';
import { Chart } from 'cdk8s';
import * as k8s from './k8s.js';
import { Construct } from 'constructs';
import { WAIVE } from '@cafe-lumiere/contract';
import { deferred } from './deferred.js';
import { checkDns, type Dns } from './dns.js';
import type { EnvironmentVariable } from './environment-variable.js';
import { checkDnsLabel } from './names.js';
import { checkTraceCollector, type TraceCollector, type Traces } from './trace-collector.js';

/** Where the shared settings are kept. */
export interface ConfigurationProps {
  /** The ConfigMap's name. */
  readonly configMap: string;
  /** The name of the Secret for development passwords. It is made only when there is one. */
  readonly secret: string;
  /**
   * Where the services may ask for names, for their network policies.
   * @default - the pods `k8s-app: kube-dns` in `kube-system`
   */
  readonly dns?: Dns;
  /**
   * The namespace whose pods may ask the operations port of each service on the runtime, such as Prometheus'.
   * @default - nobody
   */
  readonly monitoring?: string;
  /**
   * Where each service on the runtime sends its traces.
   * @default - nobody records any
   */
  readonly traces?: TraceCollector;
}

/**
 * The settings that several services of a namespace read: one ConfigMap and one Secret. The edges fill them; nobody writes
 * an entry by hand, so two services cannot disagree about one.
 *
 * An entry is named like its variable. When that name has another value already, as with the `DB_HOST` of a second
 * database, it is named after its service, too: `loyalty-service.DB_HOST`.
 */
export class Configuration extends Construct {
  readonly configMapName: string;
  readonly secretName: string;
  readonly namespace: string | undefined;
  readonly dns: Dns;
  readonly monitoring: string | undefined;
  readonly traces: Traces | undefined;
  private readonly values = new Map<string, string>();
  private readonly secrets = new Map<string, string>();

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    this.namespace = Chart.of(this).namespace;
    this.configMapName = checkDnsLabel(this.node.path, props.configMap);
    this.secretName = checkDnsLabel(this.node.path, props.secret);
    this.monitoring = props.monitoring;
    this.traces = props.traces && checkTraceCollector(this.node.path, props.traces);
    this.dns = checkDns(this.node.path, props.dns ?? {});
    new k8s.KubeConfigMap(this, 'Resource', {
      metadata: { name: this.configMapName },
      data: deferred(() => Object.fromEntries(sorted(this.values))),
    });
  }

  /** Adds a variable of a service to the ConfigMap, and says where it is. */
  add(service: string, name: string, value: string): EnvironmentVariable {
    return { name, configMap: this.configMapName, key: put(this.values, service, name, value) };
  }

  /** Adds a variable to the Secret, which is then part of the manifests: for development passwords only. */
  addDevelopmentSecret(service: string, name: string, value: string): EnvironmentVariable {
    if (this.secrets.size === 0) {
      new k8s.KubeSecret(this, 'Secret', {
        metadata: {
          name: this.secretName,
          annotations: { [`${WAIVE}CAFE091`]: 'a development password, for a cluster of your own' },
        },
        type: 'Opaque',
        // Not stringData, which the API server turns into this: a second `kubectl apply` would find a change each time.
        data: deferred(() =>
          Object.fromEntries(sorted(this.secrets).map(([key, text]) => [key, toBase64(text)])),
        ),
      });
    }
    return { name, secret: this.secretName, key: put(this.secrets, service, name, value) };
  }

  /** The objects that it is made of, as `ConfigMap/config`. */
  objects(): ReadonlySet<string> {
    const secret = this.secrets.size > 0 ? [`Secret/${this.secretName}`] : [];
    return new Set([`ConfigMap/${this.configMapName}`, ...secret]);
  }

  /**
   * Hashes of the entries that these variables take, for a pod template's annotations: the pods of exactly those services
   * roll that use a changed value. A Secret that is not in the manifests has no hash: who changes it restarts the pods.
   */
  checksums(variables: readonly EnvironmentVariable[]): Record<string, string> {
    const keys = (of: 'configMap' | 'secret', object: string): string[] =>
      variables.flatMap((variable) =>
        of in variable && Reflect.get(variable, of) === object && 'key' in variable ? [variable.key] : [],
      );
    return {
      ...checksum(this.configMapName, this.values, keys('configMap', this.configMapName)),
      ...checksum(this.secretName, this.secrets, keys('secret', this.secretName)),
    };
  }
}

function put(entries: Map<string, string>, service: string, name: string, value: string): string {
  const present = entries.get(name);
  const key = present === undefined || present === value ? name : `${service}.${name}`;
  entries.set(key, value);
  return key;
}

function checksum(
  object: string,
  entries: ReadonlyMap<string, string>,
  keys: readonly string[],
): Record<string, string> {
  const used = [...new Set(keys)].sort().flatMap((key) => {
    const value = entries.get(key);
    return value === undefined ? [] : [[key, value]];
  });
  if (used.length === 0) return {};
  return { [`checksum/${object}`]: createHash('sha256').update(JSON.stringify(used)).digest('hex') };
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');

const sorted = (entries: ReadonlyMap<string, string>): [string, string][] =>
  [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
