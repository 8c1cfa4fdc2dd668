import type { Duration } from 'cdk8s';
import { checkPort } from './names.js';

/** How a Service is reached. */
export interface Expose {
  /** The Service's port. */
  readonly port: number;
  /** `LoadBalancer` gives it an address outside the cluster. */
  readonly type: 'ClusterIP' | 'LoadBalancer';
  /**
   * When the clients outside give a request up, such as a page in a browser: every deadline inside must be shorter, which
   * the checks prove.
   * @default - nothing is known of them
   */
  readonly clientTimeout?: Duration;
}

/** Fills in the default: inside the cluster, on the container's port. @throws Error for a port that cannot be */
export function toServicePort(path: string, containerPort: number, expose?: Expose): Expose {
  if (expose) checkPort(path, 'expose.port', expose.port);
  return expose ?? { port: containerPort, type: 'ClusterIP' };
}
