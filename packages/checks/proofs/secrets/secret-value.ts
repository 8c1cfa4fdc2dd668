import { EXTERNAL } from '@cafe-lumiere/contract';
import { secretEntries } from '../../model/container-variables.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';

/** No Secret with its value is in a file that is committed. One that was read from a cluster is where it belongs. */
export const secretValue = {
  id: 'CAFE091',
  severity: 'advice',
  title: 'A Secret with its value in the manifests',
  why: 'Whoever can read the repository can read it, forever, in its history as well.',
  problems: (cluster, { releases = [] }) => {
    const fromCharts = new Set(releases.flatMap(({ manifests }) => manifests.map(({ content }) => content)));
    const secrets = [...cluster.secrets.values()].map((secret) => ({
      secret,
      fromChart: fromCharts.has(secret.content),
      entries: secretEntries(cluster, secret.namespace, secret.name).filter(
        ([key, value]) => value !== '' && !/^(?:user|username)$/i.test(key),
      ),
    }));
    const judged = new Set(
      secrets.flatMap(({ fromChart, entries }) => (fromChart ? [] : entries.map(([, value]) => value))),
    );
    return secrets.flatMap(({ secret, fromChart, entries }): Problem[] => {
      if (secret.typed.metadata.uid !== undefined || entries.length === 0) return [];
      // The chart's copy of a password that is judged where it stands.
      if (fromChart && entries.every(([, value]) => judged.has(value))) return [];
      return [
        {
          object: titleOf(secret),
          field: `data.${entries.map(([key]) => key).join(', ')}`,
          found: 'a value that everybody can read who reads the file (base64 is no encryption)',
          expected:
            'no Secret with values outside of a development environment: it is made in the cluster, by hand or by an operator',
          change: `delete it from the manifests, make it with kubectl create secret, and annotate what refers to it with ${EXTERNAL}: Secret/${secret.name}`,
        },
      ];
    });
  },
} as const satisfies Proof;
