import { backendProblem } from '../../model/backends.js';
import type { Cluster } from '../../model/cluster.js';
import { isRecord, type Manifest, titleOf } from '../../model/manifest.js';
import { isNearly } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';

/** What the API server calls itself, for webhooks and for groups that others serve, is a port of a Service. */
export const calledService = {
  id: 'CAFE030',
  title: 'The API server calls a Service or port that is not there, for a webhook or an APIService',
  why: 'A webhook that is not reached refuses every change of what it looks at, or lets it pass unseen; kubectl lists nothing of an APIService that is not.',
  problems: (cluster) => cluster.manifests.flatMap((manifest) => problems(cluster, manifest)),
} as const satisfies Proof;

interface Called {
  /** Where the Service is named: `webhooks[0].clientConfig.service`. */
  readonly field: string;
  readonly service: Readonly<Record<string, unknown>>;
}

function calledBy({ kind, content }: Manifest): readonly Called[] {
  if (/^(?:Validating|Mutating)WebhookConfiguration$/.test(kind) && Array.isArray(content['webhooks'])) {
    return content['webhooks'].flatMap((webhook: unknown, index) =>
      at(webhook, `webhooks[${index}]`, 'clientConfig', 'service'),
    );
  }
  if (kind === 'APIService') return at(content, '', 'spec', 'service');
  return kind === 'CustomResourceDefinition'
    ? at(content, '', 'spec', 'conversion', 'webhook', 'clientConfig', 'service')
    : [];
}

/** The Service at the end of a path. */
function at(value: unknown, field: string, ...[step, ...others]: readonly string[]): readonly Called[] {
  if (!isRecord(value)) return [];
  if (step === undefined) return [{ field: field.replace(/^\./, ''), service: value }];
  return at(value[step], `${field}.${step}`, ...others);
}

function problems(cluster: Cluster, manifest: Manifest): Problem[] {
  return calledBy(manifest).flatMap(({ field, service }): Problem[] => {
    const { name, namespace, port } = service;
    if (typeof name !== 'string' || typeof namespace !== 'string') return [];
    const object = titleOf(manifest);
    const others = [...cluster.services.values()];
    if (others.every((each) => each.namespace !== namespace)) {
      // Another namespace's Services are somebody else's, unless one letter of its name is wrong.
      const meant = others.find(
        (each) => each.name === name && isNearly(namespace, [each.namespace]),
      )?.namespace;
      if (meant === undefined) return [];
      return [
        {
          object,
          field: `${field}.namespace`,
          found: `namespace ${namespace}, which has no Service here`,
          expected: `the namespace of ${name}: ${meant}; without its Service the API server refuses what it should ask about`,
          likely: meant,
          change: `set the namespace to ${meant}`,
        },
      ];
    }
    const problem = backendProblem(cluster, {
      namespace,
      name,
      port: typeof port === 'number' ? port : 443,
    });
    if (!problem) return [];
    const { part, expected, ...explanation } = problem;
    return [
      {
        object,
        field: `${field}.${part}`,
        ...explanation,
        expected: expected.replace(
          /every request is answered with 503$/,
          'the API server refuses what it should ask about',
        ),
      },
    ];
  });
}
