import type { Cafe } from './cafe.js';
import { ServiceEdge } from './constructs/service-edge.js';

/**
 * The café as a Mermaid flowchart, drawn from the declaration: services with their ports and pods, edges with what
 * tells the caller where to call.
 */
export function picture(cafe: Cafe): string {
  const lines = ['flowchart LR', '  guest(["guest, cook, screen"])'];
  for (const { name, port, replicas } of cafe.services) {
    lines.push(`  ${name}["<b>${name}</b><br/>container port ${port}<br/>${replicas} pods"]`);
  }
  const { postgres } = cafe;
  lines.push(
    `  ${postgres.name}[("<b>${postgres.name}</b><br/>port ${postgres.port}<br/>database ${postgres.database}")]`,
  );
  for (const service of cafe.services) {
    if (service.expose.type === 'LoadBalancer') {
      lines.push(`  guest -- "load balancer :${service.expose.port}" --> ${service.name}`);
    }
    for (const edge of service.edges) {
      const [target, label] =
        edge instanceof ServiceEdge
          ? [edge.callee.name, edge.env]
          : [edge.store.name, 'DB_HOST, waits until usable'];
      lines.push(`  ${service.name} -- "${label}" --> ${target}`);
    }
  }
  return lines.join('\n');
}
