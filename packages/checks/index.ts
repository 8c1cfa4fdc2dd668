export { check, type Report } from './check.js';
export { type Chart, readChart } from './charts/chart.js';
export { checkChart, type ChartCheckOptions } from './charts/check-chart.js';
export { type Objects, readDirectory } from './command/directory.js';
export { explanation } from './command/explanation.js';
export { readRelease, readReleases, type ReleaseArgument } from './command/releases.js';
export {
  type Finding,
  type FindingId,
  findingText,
  type Severity,
  type WaivedFinding,
} from './model/finding.js';
export {
  type Document,
  documentsOf,
  isRecord,
  type Manifest,
  toDocuments,
  toManifests,
  type Unreadable,
} from './model/manifest.js';
export type { Release } from './model/release.js';
export { type Topology, type TopologyLink, type TopologyNode, topologyOf } from './model/topology.js';
export { topologyMermaid } from './model/topology-mermaid.js';
export { topologySvg } from './model/topology-svg.js';
export { CafeValidation, type CafeValidationContext } from './plugin.js';
export type { CheckOptions } from './proofs/proof.js';
