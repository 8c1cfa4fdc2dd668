import { addExtraMetadata } from './extra-metadata.js';
import { type JobOwner, type JobProps, JobPods } from './job-pods.js';
import { KubeJob } from './k8s.js';

/**
 * A Job of a service's program: the service's image, with its variables, behind its gate, with its connections.
 *
 * A Job cannot be changed once it is in a cluster. Give one that changes a name with its version.
 *
 * @example
 * new ServiceJob(orders, 'orders-import-2', { command: ['node', 'import.js'] });
 */
export class ServiceJob extends JobPods {
  /**
   * @param service - whose program it runs
   * @param id - its name
   * @throws Error that names the construct, the prop and the value
   */
  constructor(service: JobOwner, id: string, props: JobProps) {
    super(service, id, props, 0);
    new KubeJob(this, 'Resource', { metadata: this.objectMetadata, spec: this.spec });
    addExtraMetadata(this, this.props.metadata);
  }
}
