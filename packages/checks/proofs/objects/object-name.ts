import { isRecord, type Manifest, recordOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** RFC 1123 label; RFC 1035 for a Service; a subdomain for the other names. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SERVICE = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;
const LABEL_KEY =
  /^(?:[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const RBAC = /^(?:Cluster)?Role(?:Binding)?$/;

/** Names and labels are written as the API server takes them. */
export const objectName = {
  id: 'CAFE102',
  title: 'A name or label that the API server refuses',
  why: 'The API server refuses the object, and with it everything that refers to its name.',
  problems: (cluster) =>
    cluster.manifests.flatMap((manifest) => {
      // It is no object of the cluster, and that is said already.
      if (manifest.apiVersion.startsWith('kustomize.config.k8s.io/')) return [];
      const metadata = recordOf(manifest.content['metadata']);
      const { spec } = manifest.content;
      const template =
        isRecord(spec) && isRecord(spec['template']) ? spec['template']['metadata'] : undefined;
      return [
        ...name(manifest, metadata),
        ...labels(manifest, metadata, 'metadata'),
        ...(isRecord(template) ? labels(manifest, template, 'spec.template.metadata') : []),
      ];
    }),
} as const satisfies Proof;

type Metadata = Readonly<Record<string, unknown>>;

function name(manifest: Manifest, metadata: Metadata): Problem[] {
  const { kind } = manifest;
  if (manifest.name === '') {
    if (typeof metadata['generateName'] === 'string') return [];
    const found = 'nothing';
    return [
      objectProblem(manifest, 'metadata.name', {
        found,
        expected: 'a name',
        change: 'give the object a name',
      }),
    ];
  }
  const pattern = kind === 'Service' ? SERVICE : kind === 'Namespace' ? LABEL : SUBDOMAIN;
  if (RBAC.test(kind) || pattern.test(manifest.name)) return [];
  const likely = manifest.name
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(kind === 'Service' ? /^[^a-z]+|-+$/g : /^-+|-+$/g, '')
    .slice(0, 63);
  const [length, letters] = pattern === SUBDOMAIN ? ['253', ' and "."'] : ['63', ''];
  return [
    objectProblem(manifest, 'metadata.name', {
      found: manifest.name,
      expected: `1 to ${length} of a-z, 0-9 and "-"${letters}, ${kind === 'Service' ? 'beginning with a letter' : 'not at an end'}; the API server refuses it`,
      likely,
      change: `rename it to ${likely}, and what refers to it`,
    }),
  ];
}

function labels(manifest: Manifest, metadata: Metadata, path: string): Problem[] {
  const written = recordOf(metadata['labels']);
  return Object.entries(written).flatMap(([key, value]): Problem[] => {
    if (typeof value === 'string' && LABEL_KEY.test(key) && LABEL_VALUE.test(value)) return [];
    return [
      objectProblem(manifest, `${path}.labels[${key}]`, {
        found: JSON.stringify(value),
        expected:
          'a text of at most 63 of A-Z, a-z, 0-9, "-", "_" and ".", with a letter or digit at both ends',
        change:
          typeof value === 'string'
            ? 'shorten or rename the label; long texts belong into annotations'
            : `put the value in quotes: "${String(value)}"`,
      }),
    ];
  });
}
