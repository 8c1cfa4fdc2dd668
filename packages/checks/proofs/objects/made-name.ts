import { isRecord, type Manifest } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/**
 * The longest name by kind, where it is shorter than the API server's own bound, and what is made of it. A label's value ends
 * at 63, and Kubernetes adds a dash and 10 characters.
 */
const LONGEST: Readonly<Record<string, readonly [length: number, why: string]>> = {
  StatefulSet: [
    52,
    'its controller puts it and a hash into a label of its pods, and makes none when that is too long',
  ],
  CronJob: [52, 'each of its Jobs is called after it and a time'],
  Job: [63, 'it is a label of its pods'],
};

/** What Kubernetes makes of a name is not too long: else the object is there, and its pods never are. */
export const madeName = {
  id: 'CAFE107',
  title: 'A name that is too long for what is made of it',
  why: 'The API server takes the object, and no pod ever comes of it: what a controller makes of the name is too long.',
  problems: (cluster) => cluster.manifests.flatMap((manifest) => [...ownName(manifest), ...inPod(manifest)]),
} as const satisfies Proof;

function ownName(manifest: Manifest): Problem[] {
  const [length, why] = LONGEST[manifest.kind] ?? [Infinity, ''];
  if (manifest.name.length <= length) return [];
  return [
    objectProblem(manifest, 'metadata.name', {
      found: `${manifest.name}, ${manifest.name.length} characters`,
      expected: `at most ${length}: ${why}`,
      change: `shorten it to ${length}; in a chart, trunc ${length} where the name is made`,
    }),
  ];
}

/** A DNS label, as names of containers and volumes are. */
const LABEL = /^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/;
const PORT_NAME = /^(?=.*[a-z])[a-z0-9](?:-?[a-z0-9]){0,14}$/;

function inPod(manifest: Manifest): Problem[] {
  const path = podPath(manifest.content);
  const pod = path.reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), manifest.content);
  if (!isRecord(pod)) return [];
  const refused = (field: string, name: string, expected: string): Problem =>
    objectProblem(manifest, [...path, field].join('.'), {
      found: `${name}, ${name.length} characters`,
      expected: `${expected}; the API server refuses the object`,
      change: 'shorten the name, here and where it is named',
    });
  const label = 'at most 63 of a-z, 0-9 and "-", with a letter or digit at both ends';
  return ['containers', 'initContainers', 'volumes'].flatMap((list) =>
    named(pod[list]).flatMap(([name, entry]) => [
      ...(LABEL.test(name) ? [] : [refused(`${list}[${name}].name`, name, label)]),
      ...named(entry['ports']).flatMap(([port]) =>
        PORT_NAME.test(port)
          ? []
          : [
              refused(
                `${list}[${name}].ports[${port}].name`,
                port,
                'at most 15 of a-z, 0-9 and "-", a letter among them',
              ),
            ],
      ),
    ]),
  );
}

const podPath = ({ kind }: Readonly<Record<string, unknown>>): readonly string[] =>
  kind === 'Pod'
    ? ['spec']
    : kind === 'CronJob'
      ? ['spec', 'jobTemplate', 'spec', 'template', 'spec']
      : ['spec', 'template', 'spec'];

const named = (list: unknown): (readonly [name: string, entry: Readonly<Record<string, unknown>>])[] =>
  Array.isArray(list)
    ? list.flatMap((entry: unknown) =>
        isRecord(entry) && typeof entry['name'] === 'string' ? [[entry['name'], entry] as const] : [],
      )
    : [];
