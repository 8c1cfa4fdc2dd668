import type { Fault } from '../fault.js';
import type { KubernetesObject } from '../objects.js';
import { images } from './images.js';
import { configuration } from './configuration.js';
import { databases } from './databases.js';
import { network } from './network.js';
import { placing } from './placing.js';
import { probes } from './probes.js';
import { processes } from './processes.js';
import { storage } from './storage.js';

const SINGLE = [
  ...images,
  ...configuration,
  ...databases,
  ...network,
  ...placing,
  ...probes,
  ...processes,
  ...storage,
];

/** Two that have nothing to do with each other, in one namespace. */
const PAIRS = [
  ['store-crashes', 'image-missing'],
  ['secret-misspelled', 'selector-misspelled'],
  ['host-misspelled', 'out-of-memory'],
  ['password-of-store', 'too-much-cpu'],
  ['readiness-path', 'class-missing'],
  ['liveness-port', 'target-port-name'],
  ['policy-in-the-way', 'command-missing'],
  ['key-misspelled', 'variable-missing'],
  ['claim-missing', 'registry-away'],
  ['migration-fails', 'scaled-to-nothing'],
  ['database-missing', 'store-crashes'],
  ['gate-waits', 'account-missing'],
  ['sidecar-crashes', 'port-of-service-missing'],
  ['database-read-only', 'readiness-503'],
] as const;

const WORDS =
  /(?<![\w.])(web|wed|wep|store|stor|stores|shop|shop-secrets?|shop-data|database|import|6379x)(?![\w])/g;

/** The same fault with other names, so that it stands beside any other. */
function elsewhere({ objects, roots, ...fault }: Fault): Fault {
  const other = (text: string): string => text.replace(WORDS, 'b-$1');
  return {
    ...fault,
    objects: (namespace) =>
      objects(namespace).map((object) => JSON.parse(other(JSON.stringify(object))) as KubernetesObject),
    roots: roots.map(([code, word]) => [code, other(word)] as const),
  };
}

function single(name: string): Fault {
  const found = SINGLE.find((each) => each.name === name);
  if (!found) throw new Error(`there is no fault ${name}`);
  return found;
}

export const pairs: readonly Fault[] = PAIRS.map(([left, right]) => {
  const [first, second] = [single(left), elsewhere(single(right))];
  return {
    name: `${left}-and-${right}`,
    objects: (namespace) => [...first.objects(namespace), ...second.objects(namespace)],
    roots: [...first.roots, ...second.roots],
  };
});
