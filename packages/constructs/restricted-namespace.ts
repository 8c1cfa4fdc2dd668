import { JsonPatch } from 'cdk8s';
import * as k8s from './k8s.js';
import { Construct } from 'constructs';
import { checkDnsLabel } from './names.js';

/** The name of the Namespace. */
export interface RestrictedNamespaceProps {
  readonly name: string;
}

/**
 * Who deletes a Namespace deletes every volume's claim in it, and a controller that applies a git repository deletes what is
 * no longer there, or all of it when it is told to forget the repository. These tell each of them to leave it alone: Flux
 * (https://fluxcd.io/flux/components/kustomize/kustomizations/#prune), Argo CD
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources) and Helm
 * (https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource).
 */
const KEPT: Readonly<Record<string, string>> = {
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'helm.sh/resource-policy': 'keep',
};

/** A Namespace that admits only pods of the Pod Security Standard "restricted", and that no controller takes away. */
export class RestrictedNamespace extends Construct {
  constructor(scope: Construct, id: string, props: RestrictedNamespaceProps) {
    super(scope, id);
    const resource = new k8s.KubeNamespace(this, 'Resource', {
      metadata: {
        name: checkDnsLabel(this.node.path, props.name),
        labels: {
          'pod-security.kubernetes.io/enforce': 'restricted',
          'pod-security.kubernetes.io/warn': 'restricted',
        },
        annotations: KEPT,
      },
    });
    // The chart gives each of its objects a namespace; a Namespace is in none.
    resource.addJsonPatch(JsonPatch.remove('/metadata/namespace'));
  }
}
