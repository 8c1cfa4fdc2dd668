import { withHost } from './addresses.js';
import { connections, type Connection, toldContainers } from './edges-of.js';
import type { Finding } from './finding.js';
import { isRecord, titleOf } from './manifest.js';
import type { Check, CheckOptions, Release } from './options.js';

const DATABASE_VARIABLE = /^(?:DB|DATABASE|PG|POSTGRES|POSTGRESQL)_?/;

/**
 * The Service of a release that this host was meant to be: by its port, or, without one, because the variable is a
 * database's. Nothing when the host resolves.
 */
export function releaseServiceFor(
  { address, resolution, workload }: Connection,
  { releases = [] }: CheckOptions,
): { readonly release: Release; readonly service: string } | undefined {
  if (resolution.kind !== 'missing' || resolution.namespace !== workload.namespace) return undefined;
  for (const release of releases) {
    for (const { kind, name, content } of release.manifests) {
      if (kind !== 'Service' || name.endsWith('-hl') || name.endsWith('-headless')) continue;
      const ports = isRecord(content['spec']) ? content['spec']['ports'] : undefined;
      const numbers = Array.isArray(ports)
        ? ports.map((port: unknown) => (isRecord(port) ? port['port'] : undefined))
        : [];
      const meant =
        address.port === undefined
          ? DATABASE_VARIABLE.test(address.variable.name)
          : numbers.includes(address.port);
      if (meant) return { release, service: name };
    }
  }
  return undefined;
}

/** Host, database and role agree with what the Helm release makes; the release's Service is named after the release. */
export const releaseNames: Check = (cluster, options) => [
  ...connections(cluster).flatMap((connection): Finding[] => {
    const meant = releaseServiceFor(connection, options);
    if (!meant) return [];
    const { address, workload } = connection;
    const { release, service } = meant;
    return [
      {
        id: 'CAFE011',
        severity: 'error',
        object: titleOf(workload),
        field: `${workload.podPath}.${address.variable.field}`,
        found: `${address.variable.name}=${address.variable.secret ? address.host : (address.variable.value ?? '')}`,
        expected: `${service}: so the chart ${release.chart} names its Service in the release ${release.name}${release.rendered ? '' : " (by the chart's naming rule)"}`,
        likely: service,
        change: `set ${address.variable.kept} to ${withHost(address, service)}, or install the release under the name that makes ${address.host}`,
      },
    ];
  }),
  ...toldContainers(cluster).flatMap(({ workload, variables }) =>
    (options.releases ?? []).flatMap((release): Finding[] => {
      const host = variables.get('DB_HOST')?.value?.split('.')[0];
      if (!release.manifests.some(({ kind, name }) => kind === 'Service' && name === host)) return [];
      const auth = authOf(release);
      return (['database', 'username'] as const).flatMap((key): Finding[] => {
        const variable = variables.get(key === 'database' ? 'DB_NAME' : 'DB_USER');
        const made = auth[key];
        if (variable?.value === undefined || made === undefined || variable.value === made) return [];
        return [
          {
            id: 'CAFE012',
            severity: 'error',
            object: titleOf(workload),
            field: `${workload.podPath}.${variable.field}`,
            found: `${variable.name}=${variable.secret ? '(in a Secret)' : variable.value}`,
            expected: `${made}: the release ${release.name} makes this ${key === 'database' ? 'database' : 'role'} (auth.${key} in its values)`,
            likely: made,
            change: `set ${variable.kept} to ${made}, or auth.${key} in the values of ${release.name} to ${variable.secret ? 'the same' : variable.value}`,
          },
        ];
      });
    }),
  ),
  ...(options.releases ?? []).flatMap((release) => [...unnamed(release), ...unread(release)]),
];

/** A Service whose name does not follow from the release: it matches its clients by luck, and two releases collide. */
function unnamed({ name, chart, files }: Release): Finding[] {
  return [...files].flatMap(([path, text]): Finding[] => {
    if (!path.startsWith('templates/') || !/^kind: *Service *$/m.test(text)) return [];
    return [...text.matchAll(/^kind: *Service *$[\s\S]*?^ {2}name: *(.+)$/gm)].flatMap(
      ([, written = '']): Finding[] => {
        if (/Release\.Name|include|template/.test(written)) return [];
        return [
          {
            id: 'CAFE013',
            severity: 'error',
            object: `chart ${chart}, release ${name}`,
            field: `${path}: metadata.name`,
            found: written.trim(),
            expected:
              "a name made of {{ .Release.Name }}; this one is the same in every release, so clients find it by luck and a second release overwrites the first one's",
            change: `name it {{ include "${chart}.fullname" . }}, and the clients' DB_HOST after the release`,
          },
        ];
      },
    );
  });
}

/** A value that no template reads: who sets it believes that something changes. */
function unread({ name, chart, files, values }: Release): Finding[] {
  const templates = [...files].flatMap(([path, text]) => (path.startsWith('templates/') ? [text] : []));
  if (templates.length === 0) return [];
  const read = new Set(
    templates.flatMap((text) => [...text.matchAll(/\.Values\.([\w.]+)/g)].map(([, path = '']) => path)),
  );
  return leaves(values).flatMap((path): Finding[] => {
    const steps = path.split('.');
    // Whole, or as a part of what is handed on: toYaml, with, range, include.
    if (steps.some((_, index) => read.has(steps.slice(0, index + 1).join('.')))) return [];
    return [
      {
        id: 'CAFE014',
        severity: 'warning',
        object: `chart ${chart}, release ${name}`,
        field: `values.yaml: ${path}`,
        found: 'a value that no template reads',
        expected: `.Values.${path} in some template, or no such value: who sets it believes that something changes`,
        change: `read it in a template of ${chart}, or take it out of values.yaml`,
      },
    ];
  });
}

function leaves(values: unknown, prefix = ''): string[] {
  if (!isRecord(values)) return [];
  return Object.entries(values).flatMap(([key, value]) => {
    const path = prefix === '' ? key : `${prefix}.${key}`;
    return isRecord(value) && Object.keys(value).length > 0 ? leaves(value, path) : [path];
  });
}

function authOf({ values }: Release): { readonly database?: string; readonly username?: string } {
  const auth = isRecord(values) && isRecord(values['auth']) ? values['auth'] : {};
  const entry = (key: string): string | undefined => {
    const value = auth[key];
    return typeof value === 'string' && value !== '' ? value : undefined;
  };
  const [database, username] = [entry('database'), entry('username')];
  return { ...(database === undefined ? {} : { database }), ...(username === undefined ? {} : { username }) };
}
