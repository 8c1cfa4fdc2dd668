import type { Report } from './check.js';
import { connectionTable } from './connection-budget.js';
import { findingText } from './finding.js';
import { networkMatrix } from './network-closure.js';
import { timeTable } from './time-budget.js';

/** The report as a person reads it: findings, then what was waived and what nobody can prove, then one line. */
export function reportText({ findings, waived, foreign, cluster }: Report): string {
  const parts = findings.map((finding) => `${findingText(finding)}\n`);
  if (waived.length > 0) {
    parts.push('Waived, by an annotation:');
    for (const { finding, by, reason } of waived)
      parts.push(`  ${finding.id} ${by} ${finding.field}: ${reason}`);
    parts.push('');
  }
  if (foreign.length > 0) {
    parts.push(
      'Hosts outside of these manifests, which nothing here proves:',
      ...foreign.map((line) => `  ${line}`),
      '',
    );
  }
  const objects = `${cluster.manifests.length} objects`;
  parts.push(
    findings.length === 0
      ? `${objects}, no finding.`
      : `${objects}, ${findings.length} ${findings.length === 1 ? 'finding' : 'findings'}. docs/checks.md says more about each id.`,
  );
  return parts.join('\n');
}

/** The arithmetic and the network matrix behind the verdict. */
export function explanation({ cluster }: Report): string {
  const lines = ['Time: what must fit, and into what'];
  for (const { object, text, fits } of timeTable(cluster))
    lines.push(`  ${fits ? 'ok ' : 'NO '} ${object}  ${text}`);
  lines.push('', 'Connections: who asks a store for how many, at the height of a rollout');
  for (const { store, terms, total, available, maximum } of connectionTable(cluster)) {
    lines.push(
      `  ${total <= available ? 'ok ' : 'NO '} ${store.kind} ${store.namespace}/${store.name}  ${terms.join(' + ')}; ${total} ≤ ${available} of ${maximum}`,
    );
  }
  lines.push('', 'Network: every connection that a container is told');
  for (const { from, to, port, allowed } of networkMatrix(cluster)) {
    lines.push(`  ${allowed ? 'ok ' : 'NO '} ${from} -> ${to} port ${port}`);
  }
  return lines.join('\n');
}
