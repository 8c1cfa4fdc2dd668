import type { Topology, TopologyNode } from './topology.js';

const BOX = { width: 220, height: 96 } as const;
const GAP = { x: 190, y: 44 } as const;
const MARGIN = 24;

/** The topology as an SVG: a column for each step from outside, an arrow for each connection. */
export function topologySvg({ nodes, links }: Topology): string {
  const rows = new Map<number, number>();
  const places = new Map<TopologyNode, { readonly x: number; readonly y: number }>();
  for (const node of nodes) {
    const row = rows.get(node.depth) ?? 0;
    rows.set(node.depth, row + 1);
    // Each column begins a little lower than the one before, so that arrows over two columns stay visible.
    const y = MARGIN + row * (BOX.height + GAP.y) + node.depth * 70;
    places.set(node, { x: MARGIN + node.depth * (BOX.width + GAP.x), y });
  }
  const all = [...places.values()];
  const width = Math.max(...all.map(({ x }) => x)) + BOX.width + MARGIN;
  const height = Math.max(...all.map(({ y }) => y)) + BOX.height + MARGIN;
  const arrows = links.flatMap(({ from, to, variable, port, guarded }) => {
    const [start, end] = [places.get(from), places.get(to)];
    if (!start || !end) return [];
    const [x1, y1] = [start.x + BOX.width, start.y + BOX.height / 2 + (to.depth - from.depth - 1) * -24];
    const [x2, y2] = [end.x, end.y + BOX.height / 2 - (to.depth - from.depth - 1) * 24];
    const [x, y] = [x2 - GAP.x / 2, y2 - 8 - (y2 - y1) * 0.25];
    return [
      `<path class="${guarded ? 'guarded' : 'open'}" d="M${x1} ${y1} C${x1 + 70} ${y1} ${x2 - 90} ${y2} ${x2 - 6} ${y2}" marker-end="url(#tip)"/>`,
      `<text class="edge" x="${x}" y="${y}">${escaped(variable)} :${port}</text>`,
    ];
  });
  const boxes = nodes.flatMap((node) => {
    const { x, y } = places.get(node) ?? { x: 0, y: 0 };
    const { name, kind, pods, ports, probes, exposed } = node;
    const facts = [
      `${kind}, ${pods} ${pods === 1 ? 'pod' : 'pods'}, port ${ports.join(', ')}`,
      probes.length === 0 ? 'probes by command' : probes.join('  '),
      exposed === undefined ? '' : `load balancer :${exposed}`,
    ];
    return [
      `<rect x="${x}" y="${y}" width="${BOX.width}" height="${BOX.height}" rx="8"/>`,
      `<text class="name" x="${x + 14}" y="${y + 26}">${escaped(name)}</text>`,
      ...facts.flatMap((fact, index) =>
        fact === '' ? [] : [`<text x="${x + 14}" y="${y + 47 + index * 18}">${escaped(fact)}</text>`],
      ),
    ];
  });
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img">`,
    '<title>What runs, and who connects to whom</title>',
    '<style>rect{fill:#faf6ef;stroke:#6b4f2a}text{font:12px sans-serif;fill:#3b2a14}.name{font-weight:bold;font-size:14px}.edge{font-size:11px;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}path{fill:none;stroke:#6b4f2a}.open{stroke-dasharray:5 4}</style>',
    `<rect x="0" y="0" width="${width}" height="${height}" style="fill:#fff;stroke:none"/>`,
    '<defs><marker id="tip" markerWidth="8" markerHeight="8" refX="6" refY="3" orient="auto"><path d="M0 0L6 3L0 6z" style="fill:#6b4f2a"/></marker></defs>',
    ...arrows,
    ...boxes,
    '</svg>',
  ].join('\n')}\n`;
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
