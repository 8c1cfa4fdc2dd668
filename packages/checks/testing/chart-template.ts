import { parse } from 'yaml';
import { documentsOf, isRecord, type Manifest } from '../model/manifest.js';

/** What a chart is rendered with. */
export interface Rendering {
  /** The chart's files by relative path. */
  readonly files: ReadonlyMap<string, string>;
  readonly release: string;
  readonly namespace: string;
}

/**
 * Renders the little of Helm's language that the fixtures use: `{{ .Values.a.b }}`, `.Release` and `.Chart`, `default` and
 * `b64enc`. So a test may change a chart, and needs no Helm.
 */
export function rendered({ files, release, namespace }: Rendering): Manifest[] {
  const chart: unknown = parse(files.get('Chart.yaml') ?? '');
  const scope = {
    Values: parse(files.get('values.yaml') ?? '{}') as unknown,
    Release: { Name: release, Namespace: namespace },
    Chart: { Name: isRecord(chart) ? chart['name'] : undefined },
  };
  const valueAt = (path: string): string => {
    const value = path
      .split('.')
      .slice(1)
      .reduce<unknown>((at, step) => (isRecord(at) ? at[step] : undefined), scope);
    return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
  };
  const expression = (text: string): string => {
    const [path = '', ...filters] = text.split('|').map((part) => part.trim());
    return filters.reduce((value, filter) => {
      const [name, argument = ''] = filter.split(' ');
      if (name === 'default') return value === '' ? valueAt(argument) : value;
      if (name === 'b64enc') return Buffer.from(value).toString('base64');
      throw new Error(`the fixtures' charts know no "${filter}"`);
    }, valueAt(path));
  };
  return [...files].flatMap(([path, text]) => {
    if (!/^templates\/.*\.yaml$/.test(path)) return [];
    const yaml = text.replaceAll(/\{\{ (.+?) \}\}/g, (_whole, inner: string) => expression(inner));
    return documentsOf(yaml, path).map((document) => {
      if ('manifest' in document) return document.manifest;
      throw new Error(`${path} is wrong once it is rendered: ${document.unreadable.problem}`);
    });
  });
}
