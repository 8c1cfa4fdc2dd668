import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-28';
import { Construct } from 'constructs';
import { WAIVE } from '@cafe-lumiere/checks';
import { checkDnsLabel } from './names.js';
import { deferred } from './deferred.js';

/** Where the shared settings are kept. */
export interface ConfigurationProps {
  /** The ConfigMap's name. */
  readonly configMap: string;
  /** The Secret's name. In the environments that keep passwords out of the manifests, it must exist in the cluster. */
  readonly secret: string;
}

/**
 * The settings that several services read: one ConfigMap and one Secret. The edges fill them; nobody writes an entry
 * by hand, so two services cannot disagree about one.
 */
export class Configuration extends Construct {
  readonly configMapName: string;
  readonly secretName: string;
  private readonly values = new Map<string, string>();
  private readonly secrets = new Map<string, string>();

  constructor(scope: Construct, id: string, props: ConfigurationProps) {
    super(scope, id);
    this.configMapName = checkDnsLabel(this.node.path, props.configMap);
    this.secretName = checkDnsLabel(this.node.path, props.secret);
    new k8s.KubeConfigMap(this, 'Resource', {
      metadata: { name: this.configMapName },
      data: deferred(() => Object.fromEntries(sorted(this.values))),
    });
  }

  /**
   * Adds an entry to the ConfigMap. Two edges may add the same one.
   *
   * @throws Error when the key already has another value
   */
  add(key: string, value: string): void {
    const present = this.values.get(key);
    if (present !== undefined && present !== value) {
      throw new Error(
        `${this.node.path}: ConfigMap ${this.configMapName} already holds ${key}=${present}, and ${key}=${value} was added. ` +
          `One key has one value; give one of the two another name.`,
      );
    }
    this.values.set(key, value);
  }

  /** Adds an entry to the Secret, which is then part of the manifests: for development passwords only. */
  addDevelopmentSecret(key: string, value: string): void {
    if (this.secrets.size === 0) {
      new k8s.KubeSecret(this, 'Secret', {
        metadata: {
          name: this.secretName,
          annotations: { [`${WAIVE}CAFE091`]: 'a development password, for a cluster of your own' },
        },
        type: 'Opaque',
        // Not stringData, which the API server turns into this: a second `kubectl apply` would find a change each time.
        data: deferred(() =>
          Object.fromEntries(sorted(this.secrets).map(([key, value]) => [key, toBase64(value)])),
        ),
      });
    }
    this.secrets.set(key, value);
  }

  /**
   * A hash of these entries' values, for a pod template's annotation: the pods of exactly those services roll that use
   * a changed value. A Secret that is not in the manifests has no hash: who changes it restarts the pods.
   */
  checksum(kind: 'configMap' | 'secret', keys: readonly string[]): string | undefined {
    const entries = kind === 'configMap' ? this.values : this.secrets;
    const used = [...new Set(keys)].sort().flatMap((key) => {
      const value = entries.get(key);
      return value === undefined ? [] : [[key, value]];
    });
    return used.length === 0 ? undefined : createHash('sha256').update(JSON.stringify(used)).digest('hex');
  }
}

const toBase64 = (text: string): string => Buffer.from(text).toString('base64');

const sorted = (entries: ReadonlyMap<string, string>): [string, string][] =>
  [...entries].sort(([left], [right]) => (left < right ? -1 : 1));
