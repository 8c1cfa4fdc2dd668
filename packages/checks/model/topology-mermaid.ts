import type { Topology } from './topology.js';

/**
 * The topology as a Mermaid flowchart.
 *
 * @param clients - who comes through the load balancers
 */
export function topologyMermaid({ nodes, links }: Topology, clients = 'clients'): string {
  const lines = ['flowchart LR', `  clients(["${clients}"])`];
  for (const { name, kind, ports, pods, probes } of nodes) {
    const facts = [
      `<b>${name}</b>`,
      `${kind}, ${pods} ${pods === 1 ? 'pod' : 'pods'}`,
      `container port ${ports.join(', ')}`,
      ...(probes.length === 0 ? [] : [`probes ${probes.join(' ')}`]),
    ].join('<br/>');
    lines.push(
      kind === 'StatefulSet' || kind === 'Cluster' ? `  ${name}[("${facts}")]` : `  ${name}["${facts}"]`,
    );
  }
  for (const { name, exposed } of nodes) {
    if (exposed !== undefined) lines.push(`  clients -- "load balancer :${exposed}" --> ${name}`);
  }
  for (const { from, to, variable, port, guarded } of links) {
    lines.push(`  ${from.name} -- "${variable} :${port}${guarded ? '' : ', no policy'}" --> ${to.name}`);
  }
  return lines.join('\n');
}
