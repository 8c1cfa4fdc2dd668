import { z } from 'zod';
import { kubectl } from '../cluster.js';
import { run } from '../command.js';

/** Kinds that are written all the time, and say nothing of what was declared. */
const PASSING = /^(events|leases|endpoints|endpointslices|pods\.metrics)(\.|$)/;
/** Kinds that come and go with the number of pods. */
const OF_PODS = new Set(['Pod', 'ReplicaSet', 'ControllerRevision']);

const object = z.looseObject({
  kind: z.string(),
  metadata: z.object({
    name: z.string(),
    resourceVersion: z.string(),
    generation: z.number().optional(),
    managedFields: z
      .array(
        z.looseObject({
          manager: z.string().default('somebody'),
          subresource: z.string().default(''),
          time: z.string().default(''),
          fieldsV1: z.looseObject({}).default({}),
        }),
      )
      .default([]),
  }),
});
type LivingObject = z.output<typeof object>;

/** Everything in the café's namespace, and who has written it. */
export async function everything(): Promise<readonly LivingObject[]> {
  const kinds = (await run('kubectl api-resources --namespaced --verbs=list,watch -o name'))
    .trim()
    .split('\n')
    .filter((kind) => !PASSING.test(kind));
  const json: unknown = JSON.parse(await kubectl(`get ${kinds.join(',')} -o json --show-managed-fields`));
  return z.object({ items: z.array(object) }).parse(json).items;
}

/** What of an object stays the same while nobody writes more than its status. */
function written({ metadata, ...rest }: LivingObject): string {
  const { resourceVersion, generation, managedFields } = metadata;
  const times = managedFields
    .filter(({ subresource }) => subresource !== 'status')
    .map(
      ({ manager, subresource, time }) => `${[manager, subresource].filter(Boolean).join('/')} at ${time}`,
    );
  // A generation counts changes of what is declared; where there is no status, each write makes a version.
  const version = generation ?? ('status' in rest ? '' : resourceVersion);
  return `${version} ${times.sort().join(', ')}`;
}

/** The same, but for what an autoscaler writes. */
function writtenByOthers({ metadata }: LivingObject): string {
  return metadata.managedFields
    .filter(({ subresource }) => !['status', 'scale'].includes(subresource))
    .map(({ manager, time }) => `${manager} at ${time}`)
    .sort()
    .join(', ');
}

/** Objects that were made, deleted, or written other than in their status. */
export const writes = (before: readonly LivingObject[], after: readonly LivingObject[]): readonly string[] =>
  changes(before, after, written);

/** The same, but for the autoscaler's numbers, and the pods that come and go with them. */
export const writesOfOthers = (
  before: readonly LivingObject[],
  after: readonly LivingObject[],
): readonly string[] => {
  const declared = ({ kind }: LivingObject): boolean => !OF_PODS.has(kind);
  return changes(before.filter(declared), after.filter(declared), writtenByOthers);
};

/** Who owns the number of pods of each Deployment. */
export const ownersOfReplicas = (objects: readonly LivingObject[]): readonly string[] =>
  objects
    .filter(({ kind }) => kind === 'Deployment')
    .flatMap(({ metadata }) =>
      metadata.managedFields
        .filter(({ fieldsV1 }) => 'f:replicas' in z.looseObject({}).catch({}).parse(fieldsV1['f:spec']))
        .map(({ manager, subresource }) => `${metadata.name}: ${manager}/${subresource}`),
    );

function changes(
  before: readonly LivingObject[],
  after: readonly LivingObject[],
  of: (object: LivingObject) => string,
): readonly string[] {
  const byName = (objects: readonly LivingObject[]) =>
    new Map(objects.map((each) => [`${each.kind} ${each.metadata.name}`, of(each)]));
  const [old, young] = [byName(before), byName(after)];
  return [...new Set([...old.keys(), ...young.keys()])]
    .filter((name) => old.get(name) !== young.get(name))
    .map((name) => `${name}: ${old.get(name) ?? 'not there'} -> ${young.get(name) ?? 'not there'}`);
}
