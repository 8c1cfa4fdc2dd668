import { Chart } from 'cdk8s';
import { Construct } from 'constructs';
import { KEPT } from './kept.js';
import * as k8s from './k8s.js';
import { checkDnsLabel } from './names.js';
import { ProbedService } from './probed-service.js';

/** Where a store of secrets has one value. */
export interface RemoteSecret {
  /** What the store calls it, such as a path in Vault or a name in a cloud's manager. */
  readonly key: string;
  /** Of several values below one key. @default - the value is the whole */
  readonly property?: string;
  /** @default - the newest */
  readonly version?: string;
}

/**
 * Where a Secret comes from that is not in git in plain. Nothing is needed for one that somebody makes by hand: then it is
 * named where it is used, and nowhere else.
 */
export type SecretOrigin =
  | {
      /** The External Secrets Operator fetches it (external-secrets.io/v1). */
      readonly external: {
        /** The SecretStore of the namespace, or a ClusterSecretStore, which says how to log in. */
        readonly store: { readonly kind: 'SecretStore' | 'ClusterSecretStore'; readonly name: string };
        /** By the Secret's keys. */
        readonly keys: Readonly<Record<string, RemoteSecret>>;
        /**
         * How often the store is asked, such as `15m` or `1h`.
         * @default '1h'
         */
        readonly refreshInterval?: string;
      };
    }
  | {
      /** Sealed Secrets' controller decrypts it: `kubeseal --raw --name … --namespace …` made each value, by the Secret's keys. */
      readonly sealed: Readonly<Record<string, string>>;
    };

/** A Secret, and where it comes from. */
export interface OriginatedSecretProps {
  /** The Secret's name. */
  readonly name: string;
  readonly origin: SecretOrigin;
}

const KEY = /^[-._a-zA-Z0-9]{1,253}$/;
/** Of Go's durations, what everybody understands. */
const INTERVAL = /^[1-9]\d*[smh]$/;
/** Bytes of what an RSA key of 1024 to 8192 bits encrypts. */
const RSA_BYTES = [128, 256, 384, 512, 1024];
/** How many bytes say so, in front of it. */
const LENGTH_BYTES = 2;
/** What AES-GCM adds to any text. */
const TAG_BYTES = 16;

interface ExternalSecretSpec {
  refreshInterval: string;
  secretStoreRef: { kind: string; name: string };
  target: { name: string; creationPolicy: 'Orphan'; deletionPolicy: 'Retain' };
  data: { secretKey: string; remoteRef: { key: string; property?: string; version?: string } }[];
}

const KubeExternalSecret = k8s.kube<{ apiVersion?: string; kind?: string; spec?: ExternalSecretSpec }>(
  'external-secrets.io/v1',
  'ExternalSecret',
);

interface SealedSecretSpec {
  encryptedData: Record<string, string>;
  template: { type: 'Opaque'; metadata: { name: string; annotations: Record<string, string> } };
}

const KubeSealedSecret = k8s.kube<{ apiVersion?: string; kind?: string; spec?: SealedSecretSpec }>(
  'bitnami.com/v1alpha1',
  'SealedSecret',
);

/**
 * A Secret that an operator of the cluster makes from what is in git: a name in a store, or a sealed value. It stays when a
 * controller prunes what it is made from, because a database's password must not go before the database.
 *
 * A service that reads a key which the origin does not have does not synthesize.
 */
export class OriginatedSecret extends Construct {
  constructor(scope: Construct, id: string, { name, origin }: OriginatedSecretProps) {
    super(scope, id);
    const path = this.node.path;
    checkDnsLabel(path, name);
    const keys = Object.keys('external' in origin ? origin.external.keys : origin.sealed);
    if (keys.length === 0) {
      throw new Error(`${path}: the Secret ${name} would be empty; give it the keys that services read.`);
    }
    const wrong = keys.find((key) => !KEY.test(key));
    if (wrong !== undefined) {
      throw new Error(
        `${path}: the Secret ${name} has the key "${wrong}"; a key is at most 253 of A-Z, a-z, 0-9, "-", "_" and ".".`,
      );
    }
    this.node.addValidation({ validate: () => this.missingKeys(name, new Set(keys)) });
    const metadata = { name, annotations: { ...KEPT } };
    if ('external' in origin) {
      new KubeExternalSecret(this, 'Resource', { metadata, spec: toExternal(path, name, origin.external) });
    } else {
      checkSealed(path, name, origin.sealed);
      new KubeSealedSecret(this, 'Resource', {
        metadata,
        spec: {
          encryptedData: { ...origin.sealed },
          template: { type: 'Opaque', metadata: { name, annotations: { [UNOWNED]: 'true' } } },
        },
      });
    }
  }

  private missingKeys(name: string, keys: ReadonlySet<string>): string[] {
    const { namespace } = Chart.of(this);
    return this.node.root.node
      .findAll()
      .filter((construct) => construct instanceof ProbedService)
      .filter((service) => service.namespace === namespace)
      .flatMap((service) =>
        service.podParts.variables.flatMap((variable) =>
          'secret' in variable &&
          variable.secret === name &&
          variable.optional !== true &&
          !keys.has(variable.key)
            ? [
                `${this.node.path}: ${service.name} reads ${variable.key} of the Secret ${name}, whose origin has: ${[...keys].join(', ')}. Add it there.`,
              ]
            : [],
        ),
      );
  }
}

/** Otherwise the Secret goes with the SealedSecret: https://github.com/bitnami-labs/sealed-secrets */
const UNOWNED = 'sealedsecrets.bitnami.com/skip-set-owner-references';

function toExternal(
  path: string,
  name: string,
  { store, keys, refreshInterval = '1h' }: Extract<SecretOrigin, { external: unknown }>['external'],
): ExternalSecretSpec {
  if (!INTERVAL.test(refreshInterval)) {
    throw new Error(
      `${path}: refreshInterval of the Secret ${name} is "${refreshInterval}"; it is a number and s, m or h, such as 15m.`,
    );
  }
  return {
    refreshInterval,
    secretStoreRef: { kind: store.kind, name: checkDnsLabel(path, store.name) },
    // Whatever becomes of the ExternalSecret or of the value in its store, who runs goes on running.
    target: { name, creationPolicy: 'Orphan', deletionPolicy: 'Retain' },
    data: Object.entries(keys).map(([secretKey, { key, property, version }]) => ({
      secretKey,
      remoteRef: {
        key,
        ...(property !== undefined && { property }),
        ...(version !== undefined && { version }),
      },
    })),
  };
}

/** A password in plain is base64 as well, often enough; a sealed value begins with the length of its key's part. */
function checkSealed(path: string, name: string, sealed: Readonly<Record<string, string>>): void {
  for (const [key, value] of Object.entries(sealed)) {
    const bytes = Buffer.from(value, 'base64');
    const isSealed =
      bytes.toString('base64') === value &&
      bytes.length > LENGTH_BYTES &&
      RSA_BYTES.includes(bytes.readUInt16BE(0)) &&
      bytes.length >= LENGTH_BYTES + bytes.readUInt16BE(0) + TAG_BYTES;
    if (isSealed) continue;
    // Never the value: it may be the password itself.
    throw new Error(
      `${path}: ${key} of the Secret ${name} is not sealed, and would be readable in git. Take what "kubeseal --raw --name ${name} --namespace …" prints.`,
    );
  }
}
