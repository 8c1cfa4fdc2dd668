import { type Address, isAddressName } from './addresses.js';
import type { Cluster } from './cluster.js';
import { hostsInUrls, namesOfCluster, portOf, type WrittenHost } from './connection-strings.js';
import { secretEntries } from './container-variables.js';
import type { ConfiguredContainer } from './containers.js';
import { isHost } from './hosts.js';
import { titleOf } from './manifest.js';
import { hostsInScript } from './scripts.js';

// Files of ConfigMaps and Secrets that a container mounts: nginx, HAProxy, Envoy, Prometheus, Spring, .env, TOML, INI, and what looks
// like one of them. None is parsed: an address looks the same in all.

/** Pages, pictures of data and programs: what looks like an address there is mostly an example. */
const NOT_READ = /\.(?:md|html?|css|js|ts|tsx|svg|sql|lua|pem|crt|key|crd\.yaml)$|dashboard/i;
/** A file larger than this is a dashboard, a rule set or data. */
const READ_CHARACTERS = 100_000;

/** A file that a container sees. */
interface MountedFile {
  readonly name: string;
  readonly text: string;
  readonly field: string;
  readonly origin: string;
  /** Whether it is in a Secret: then no message repeats a line of it. */
  readonly secret: boolean;
}

/** Every host that the mounted files of a container name. None is certain: its name or port must be one that is here. */
export const addressesInFiles = (cluster: Cluster, configured: ConfiguredContainer): Address[] =>
  mountedFiles(cluster, configured).flatMap(({ name, text, field, origin, secret }) =>
    hostsInFile(name, text).map(({ start, ...host }): Address => {
      const begin = text.lastIndexOf('\n', start) + 1;
      const end = text.indexOf('\n', start);
      const line = text.slice(0, start).split('\n').length;
      const value = text.slice(begin, end === -1 ? undefined : end);
      const indent = value.length - value.trimStart().length;
      return {
        ...host,
        start: start - begin - indent,
        certain: false,
        isExpected: isExpectedIn(value.slice(0, start - begin), text.slice(start + host.host.length)),
        variable: { name, value: value.trim(), field, origin: `${origin}, line ${line}`, secret },
      };
    }),
  );

/** Whether the line says that an address comes, and the address itself its port. */
const isExpectedIn = (before: string, behind: string): boolean =>
  (isAddressName(before) || /proxy_pass|server\s|_pass\s/.test(before)) &&
  !/image["']?\s*[:=]\s*["']?$/i.test(before) &&
  /^["']?(?::\d|[^\n]{0,40}port)/i.test(behind);

/** The files that a container sees, of those that are here. */
export function mountedFiles(
  cluster: Cluster,
  { workload, list, container }: ConfiguredContainer,
): readonly MountedFile[] {
  const { namespace, pod } = workload;
  return container.volumeMounts.flatMap(({ name: mounted, subPath }): MountedFile[] => {
    const volume = pod.volumes.find(({ name }) => name === mounted);
    const projected = volume?.projected?.sources ?? [];
    const maps = [volume?.configMap, ...projected.map(({ configMap }) => configMap)].flatMap(
      (each) => each ?? [],
    );
    const secrets = [
      ...(volume?.secret ? [{ ...volume.secret, name: volume.secret.secretName }] : []),
      ...projected.flatMap(({ secret }) => secret ?? []),
    ];
    const sources = [
      ...maps.map(({ name, items }) => {
        const data = cluster.configMaps.get(`${namespace}/${name}`)?.typed.data ?? {};
        return { kind: 'ConfigMap', name, items, data: Object.entries(data) };
      }),
      ...secrets.map(({ name, items }) => {
        return { kind: 'Secret', name, items, data: secretEntries(cluster, namespace, name) };
      }),
    ];
    return sources.flatMap(({ kind, name, items, data }) =>
      data.flatMap(([key, text]): MountedFile[] => {
        const item = items.find((each) => each.key === key);
        const path = item?.path ?? key;
        if ((items.length > 0 && !item) || (subPath !== undefined && subPath !== path)) return [];
        const origin = `${titleOf({ kind, namespace, name })}, data.${key}`;
        const field = `${list}[${container.name}].volumeMounts[${mounted}]`;
        return [{ name: key, text, field, origin, secret: kind === 'Secret' }];
      }),
    );
  });
}

/** Every host of a file of a configuration. */
export function hostsInFile(name: string, file: string): WrittenHost[] {
  if (NOT_READ.test(name) || file.length > READ_CHARACTERS) return [];
  const text = withoutComments(file);
  const own = new Set(
    [...text.matchAll(/^\s*(?:upstream|backend|frontend|listen)\s+([\w.-]+)/gm)].map(([, each = '']) => each),
  );
  const found = new Map<number, WrittenHost>();
  const all = [
    ...(/\.(?:sh|bash)$/.test(name) || file.startsWith('#!') ? hostsInScript(text) : []),
    ...hostsInUrls(text),
    ...hostsWithPorts(text),
    ...hostsOfKeys(text),
    ...hostsOfReplication(text),
    ...namesOfCluster(text),
  ];
  for (const host of all)
    if (!found.has(host.start) && !own.has(host.host) && !host.host.includes('$'))
      found.set(host.start, host);
  return [...found.values()];
}

/** Comments become spaces, so that places stay. */
const withoutComments = (text: string): string =>
  text.replace(/^[ \t]*(?:#(?!!)|;|\/\/).*$|[ \t]#[ \t].*$/gm, (comment) => ' '.repeat(comment.length));

const hostsWithPorts = (text: string): WrittenHost[] =>
  [...text.matchAll(/(?<![\w.@/:$%{-])([a-z][a-z0-9-]*(?:\.[a-z0-9-]+)*):(\d{2,5})(?![\w.:-])/gi)].flatMap(
    ({ 1: host = '', 2: port = '', index }) =>
      isHost(host) ? [{ host, start: index, certain: false, ...portOf(port) }] : [],
  );

/** What Redis and Valkey write with a space before the port. */
const hostsOfReplication = (text: string): WrittenHost[] =>
  [
    ...text.matchAll(
      /^[ \t]*(?:replicaof|slaveof|sentinel[ \t]+monitor[ \t]+\S+)[ \t]+([a-z][\w.-]*)[ \t]+(\d{2,5})/gim,
    ),
  ].flatMap(({ 0: whole, 1: host = '', 2: port = '', index }) =>
    isHost(host) ? [{ host, start: index + whole.lastIndexOf(host), certain: false, ...portOf(port) }] : [],
  );

/** `host: bus` with `port: 9092` near it, in YAML, JSON, TOML, INI and properties. */
function hostsOfKeys(text: string): WrittenHost[] {
  const KEYS =
    /(?<![\w])["']?[\w.-]*(?:host|hostname|address|server)["']?[ \t]*[:=][ \t]*["']?([a-z][a-z0-9.-]*)["']?(?=[\s,;}]|$)/gim;
  return [...text.matchAll(KEYS)].flatMap(({ 0: whole, 1: host = '', index }): WrittenHost[] => {
    if (!isHost(host)) return [];
    const start = index + whole.lastIndexOf(host);
    const behind = /^(?:[^\n]*\n?){0,3}/.exec(text.slice(index + whole.length))?.[0] ?? '';
    const port = /port(?:_value)?["']?[ \t]*[:=][ \t]*["']?(\d{2,5})/i.exec(behind)?.[1];
    return [{ host, start, certain: false, ...(port === undefined ? { port: undefined } : portOf(port)) }];
  });
}
