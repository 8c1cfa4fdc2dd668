import type { Topology, TopologyNode } from './topology.js';

const BOX = { width: 220, height: 96 } as const;
const GAP = { x: 190, y: 44 } as const;
const MARGIN = 24;

/** The upper left corner of a box. */
interface Place {
  readonly x: number;
  readonly y: number;
}

/** A line, and where its label stands. */
interface Arrow extends Place {
  readonly path: string;
}

/** The topology as an SVG: a column for each step from outside, an arrow for each connection. */
export function topologySvg({ nodes, links }: Topology): string {
  const rows = new Map<number, number>();
  const places = new Map<TopologyNode, Place>();
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
  const arrows = links.flatMap((link) => {
    const [start, end] = [places.get(link.from), places.get(link.to)];
    if (!start || !end) return [];
    const { path, x, y } = link.to.depth - link.from.depth > 1 ? over(start, end) : across(start, end);
    return [
      `<path class="${link.guarded ? 'guarded' : 'open'}" d="${path}" marker-end="url(#tip)"/>`,
      `<text class="edge" x="${x}" y="${y}">${escaped(link.variable)} :${link.port}</text>`,
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

/** To the next column: from the side of one box to the side of the other. */
function across(start: Place, end: Place): Arrow {
  const [x1, y1] = [start.x + BOX.width, start.y + (BOX.height * 2) / 3];
  const [x2, y2] = [end.x - 6, end.y + BOX.height / 2];
  const path = `M${x1} ${y1} C${x1 + 70} ${y1} ${x2 - 84} ${y2} ${x2} ${y2}`;
  return { path, x: (x1 + x2) / 2, y: (y1 + y2) / 2 };
}

/** Over several columns: along the top, and down onto the other box. */
function over(start: Place, end: Place): Arrow {
  const [x1, y1] = [start.x + BOX.width, start.y + 20];
  const x2 = end.x + BOX.width / 2;
  return { path: `M${x1} ${y1} H${end.x} Q${x2} ${y1} ${x2} ${end.y - 6}`, x: end.x - GAP.x / 2, y: y1 - 6 };
}

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;');
