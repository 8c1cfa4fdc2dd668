import { JsonPatch } from 'cdk8s';
import * as k8s from './k8s.js';
import { Construct } from 'constructs';
import { KEPT } from './kept.js';
import { checkDnsLabel } from './names.js';

/** The name of the Namespace. */
export interface RestrictedNamespaceProps {
  readonly name: string;
}

/**
 * A Namespace that admits only pods of the Pod Security Standard "restricted", and that no controller takes away: with it
 * went every volume's claim in it.
 */
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
