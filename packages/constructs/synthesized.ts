import { type Chart, Testing } from 'cdk8s';
import { z } from 'zod';

const manifest = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
});

/** A Kubernetes object as it is written. */
export type Manifest = z.output<typeof manifest>;

/** What a chart writes, for the tests. Validations run, as they do in a synth. */
export function synthesized(chart: Chart): readonly Manifest[] {
  const problems = chart.node.findAll().flatMap((construct) => construct.node.validate());
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return z.array(manifest).parse(Testing.synth(chart));
}

/** The one object of this kind and name. @throws Error that lists what there is */
export function only(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.filter((object) => object.kind === kind && object.metadata.name === name);
  const [first] = found;
  if (first && found.length === 1) return first;
  const present = manifests.map((object) => `${object.kind}/${object.metadata.name}`).join(', ');
  throw new Error(`${found.length} objects are ${kind}/${name}; there are: ${present}`);
}

const container = z.looseObject({ name: z.string(), securityContext: z.unknown() });
const podTemplate = z.looseObject({
  metadata: z.looseObject({ annotations: z.record(z.string(), z.string()).default({}) }),
  spec: z.looseObject({ containers: z.array(container), initContainers: z.array(container).default([]) }),
});

/** The pod template of a Deployment. */
export function podTemplateOf(deployment: Manifest): z.output<typeof podTemplate> {
  return z.looseObject({ template: podTemplate }).parse(deployment['spec']).template;
}
