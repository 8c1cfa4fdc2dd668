import { checkPort } from './names.js';

/** How a Service is reached. */
export interface Expose {
  /** The Service's port. */
  readonly port: number;
  /** `LoadBalancer` gives it an address outside the cluster. */
  readonly type: 'ClusterIP' | 'LoadBalancer';
}

/** Fills in the default: inside the cluster, on the container's port. @throws Error for a port that cannot be */
export function toServicePort(path: string, containerPort: number, expose?: Expose): Expose {
  if (expose) checkPort(path, 'expose.port', expose.port);
  return expose ?? { port: containerPort, type: 'ClusterIP' };
}
