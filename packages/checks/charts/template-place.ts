import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Finding } from '../model/finding.js';
import type { Manifest } from '../model/manifest.js';
import type { Chart } from './chart.js';

/**
 * Where a field was written: the template that Helm names above the object, and in it the only line that has the field's
 * last key, or the only one that has the kind.
 */
export function templatePlace(
  chart: Chart,
  { template, kind }: Manifest,
  field: string,
): Pick<Finding, 'source' | 'line' | 'column'> {
  if (template === undefined) return { source: chart.title };
  const path = join(chart.directory, template.slice(template.indexOf('/') + 1));
  // Of a chart that was packed, the file is gone when somebody looks.
  const source = chart.directory === chart.title ? path : `${chart.title} (${template})`;
  if (!existsSync(path)) return { source };
  const lines = readFileSync(path, 'utf8').split('\n');
  const [first = ''] = field.split(', ');
  const keys = [...first.matchAll(/\[([^\]]*)\]|([^.[\]]+)/g)].map(([, inner, plain = '']) => inner ?? plain);
  const line =
    onlyLine(lines, (text) => keyOf(text) === keys.at(-1)) ??
    onlyLine(lines, (text) => /^kind:\s/.test(text) && text.includes(kind));
  return line === undefined ? { source } : { source, line, column: (lines[line - 1] ?? '').search(/\S/) + 1 };
}

const keyOf = (line: string): string | undefined =>
  /^\s*(?:- )?["']?([^\s"':]+)["']?:(?:\s|$)/.exec(line)?.[1];

function onlyLine(lines: readonly string[], isMeant: (line: string) => boolean): number | undefined {
  const found = lines.flatMap((line, index) => (isMeant(line) ? [index + 1] : []));
  return found.length === 1 ? found[0] : undefined;
}
