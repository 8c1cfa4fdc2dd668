import { parse } from 'yaml';
import { documentsOf, isRecord, type Manifest } from '../model/manifest.js';

/** What a chart is rendered with. */
export interface Rendering {
  /** The chart's files by relative path. */
  readonly files: ReadonlyMap<string, string>;
  readonly release: string;
  readonly namespace: string;
}

/** Most tests change the objects beside the chart, and render the same one again. */
const renderedBefore = new Map<string, readonly Manifest[]>();

/**
 * Renders the little of Helm's language that the fixtures use: `{{ .Values.a.b }}`, `.Release` and `.Chart`, `default` and
 * `b64enc`. So a test may change a chart, and needs no Helm.
 */
export function rendered(rendering: Rendering): readonly Manifest[] {
  const { files, release, namespace } = rendering;
  const key = JSON.stringify([release, namespace, ...files]);
  const manifests = renderedBefore.get(key) ?? renderedAnew(rendering);
  renderedBefore.set(key, manifests);
  return manifests;
}

function renderedAnew({ files, release, namespace }: Rendering): Manifest[] {
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
