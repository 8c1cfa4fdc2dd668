import { topologyMermaid, topologyOf, topologySvg } from '@cafe-lumiere/checks';
import { App } from '@cafe-lumiere/constructs';
import { Cafe } from './cafe.js';
import { environmentNamed } from './environments.js';

/** The café as it is drawn: the same content twice, for what can draw Mermaid and for what cannot. */
export interface Picture {
  readonly mermaid: string;
  readonly svg: string;
}

/** Draws what the manifests and the chart beside them make, from the objects that the checks read. */
export function picture(): Picture {
  const app = new App();
  const imageOf = (service: string): string => `${service}:0`;
  new Cafe(app, 'picture', { environment: environmentNamed('local'), imageOf });
  const topology = topologyOf(app.proven().manifests);
  return { mermaid: topologyMermaid(topology, 'guest, cook, screen'), svg: topologySvg(topology) };
}
