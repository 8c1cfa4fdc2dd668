import type { Cluster, Typed } from '../../model/cluster.js';
import { titleOf } from '../../model/manifest.js';
import { isNearly, nearest } from '../../model/nearest-name.js';
import type { Problem, Proof } from '../proof.js';
import { isPresent } from './references.js';

/** Roles that every cluster has. */
const BUILT_IN =
  /^(?:ClusterRole \/(?:cluster-admin|admin|edit|view|system:.*)|Role kube-(?:system|public)\/(?:extension-apiserver-authentication-reader|kubeadm:.*|system:.*))$/;

/** A binding gives a role that is there to an account that is there; else the pod is refused at run time. */
export const roleBinding = {
  id: 'CAFE029',
  title: 'A binding names a role or an account that is not there',
  why: 'RBAC takes any name. The program runs, and each call of it to the API server is forbidden.',
  problems: (cluster) =>
    cluster.bindings.flatMap((binding) => [...role(cluster, binding), ...subjects(cluster, binding)]),
} as const satisfies Proof;

function role(cluster: Cluster, binding: Typed<'Binding'>): Problem[] {
  const { kind, name } = binding.typed.roleRef;
  const namespace = kind === 'Role' ? binding.namespace : '';
  if (BUILT_IN.test(`${kind} ${namespace}/${name}`) || isPresent(cluster, { kind, namespace, name })) {
    return [];
  }
  const likely = nearest(name, namesOf(cluster, kind, namespace));
  return [
    {
      // A ClusterRole may be somebody else's; a Role of this namespace is nobody's but ours.
      severity: likely === undefined ? 'risk' : 'broken',
      object: titleOf(binding),
      field: 'roleRef.name',
      found: `${kind} ${name}, which is not among the manifests`,
      expected: 'a role that is there: the API server takes the binding, and refuses the pods with 403',
      likely,
      change: `set roleRef.name to ${likely ?? 'a role that is there'}; the field is immutable, so delete the old binding`,
    },
  ];
}

function subjects(cluster: Cluster, binding: Typed<'Binding'>): Problem[] {
  return binding.typed.subjects.flatMap(({ kind, name, namespace = binding.namespace }): Problem[] => {
    if (kind !== 'ServiceAccount' || isPresent(cluster, { kind, namespace, name })) return [];
    const here = namesOf(cluster, kind, namespace);
    const likely = nearest(name, here);
    const elsewhere = cluster.manifests.filter((each) => each.kind === kind && each.name === name);
    // What names no namespace goes to the one that the binding names, when it is applied there.
    if (elsewhere.some((each) => each.namespace === '' || each.assumed === true)) return [];
    const isMisspelled =
      elsewhere.length > 0 &&
      isNearly(
        namespace,
        elsewhere.map((each) => each.namespace),
      );
    // An account of a namespace that is not here is somebody else's, unless it is here under the same name.
    if (here.length === 0 && cluster.pods.inNamespace(namespace).length === 0 && elsewhere.length === 0) {
      return [];
    }
    const meant = likely ?? elsewhere.map(titleOf)[0];
    return [
      {
        severity: likely === undefined && !isMisspelled ? 'risk' : 'broken',
        object: titleOf(binding),
        field: `subjects[${name}].${likely === undefined && elsewhere.length > 0 ? 'namespace' : 'name'}`,
        found: `${titleOf({ kind, namespace, name })}, which is not among the manifests`,
        expected: `an account that is there: ${here.join(', ') || 'there is none'}; another one gets nothing, and its pods 403`,
        likely: meant,
        change: `set the ${likely === undefined && elsewhere.length > 0 ? 'subject' : 'name'} to ${meant ?? 'an account that is there'}`,
      },
    ];
  });
}

const namesOf = ({ manifests }: Cluster, kind: string, namespace: string): readonly string[] =>
  manifests.flatMap((each) => (each.kind === kind && each.namespace === namespace ? [each.name] : []));
