import { isHost } from './hosts.js';

/** A host in a text, such as a URL or a connection string. */
export interface WrittenHost {
  readonly host: string;
  /** Where the host begins in the text. */
  readonly start: number;
  /** Unknown when nothing says one. */
  readonly port: number | undefined;
  /** The words of the port when it is no number. */
  readonly portText?: string;
  readonly database?: string | undefined;
  readonly user?: string | undefined;
  /** Never said in a message. */
  readonly password?: string | undefined;
  /** Whether the text alone says that this is a host; else its name or its port must be one that is here. */
  readonly certain: boolean;
}

/** Schemes of what is asked over a network, with the port that a URL without one stands for. */
const SCHEME_PORTS: Readonly<Record<string, number | undefined>> = {
  http: 80,
  https: 443,
  ws: 80,
  wss: 443,
  grpc: undefined,
  grpcs: undefined,
  tcp: undefined,
  tls: undefined,
  ssl: undefined,
  udp: undefined,
  postgres: 5432,
  postgresql: 5432,
  cockroachdb: 26257,
  mysql: 3306,
  mariadb: 3306,
  sqlserver: 1433,
  mssql: 1433,
  redis: 6379,
  rediss: 6379,
  valkey: 6379,
  memcached: 11211,
  mongodb: 27017,
  amqp: 5672,
  amqps: 5671,
  nats: 4222,
  kafka: 9092,
  plaintext: undefined,
  sasl_plaintext: undefined,
  sasl_ssl: undefined,
  mqtt: 1883,
  mqtts: 8883,
  stomp: 61613,
  zookeeper: 2181,
  zk: 2181,
  ldap: 389,
  ldaps: 636,
  smtp: 25,
  smtps: 465,
  ftp: 21,
  sftp: 22,
  ssh: 22,
  clickhouse: 9000,
  cassandra: 9042,
  neo4j: 7687,
  bolt: 7687,
  influxdb: 8086,
  elasticsearch: 9200,
  etcd: 2379,
  otlp: 4317,
  syslog: 514,
  pulsar: 6650,
};
/** Their authority is a bucket, a path, a key or a zone of records, whatever stands behind it. */
const NO_HOST =
  /^(?:s3a?|s3n|gs|gcs|r2|az|azblob|abfss?|wasbs?|oss|cos|b2|swift|rados|urn|file|unix|data|docker|oci|mem|memory|inmemory|sqlite3?|h2|hsqldb|derby|classpath|vault|secret|env|ssm|arn|awskms|gcpkms|k8s|dns|srv|mongodb\+srv|spiffe|android|chrome|about|mailto|app)$/;

const URLS =
  /(jdbc:)?\b([a-z][a-z0-9+._-]*):(?:[a-z0-9]+:)*\/\/((?:\$\(\w+\)|(?!,[a-z][\w+.-]*:\/\/)[^/?#;\s"'`<>|\\)}\]])*(?:\[[0-9a-f:.%]*\][^/?#;\s"'`<>|\\)}\]]*)?)([/?;][^\s"'`<>]*)?/gi;

/** Every host of the URLs in a text, those of JDBC and those with several hosts among them. */
export function hostsInUrls(text: string): WrittenHost[] {
  if (!text.includes('://')) return [];
  return [...text.matchAll(URLS)].flatMap((match): WrittenHost[] => {
    const [whole, jdbc = '', written = '', authority = '', rest = ''] = match;
    const scheme = written.toLowerCase();
    const [base = scheme] = scheme.split('+');
    if (NO_HOST.test(scheme) || NO_HOST.test(base)) return [];
    const known = Object.hasOwn(SCHEME_PORTS, base);
    const behindUser = authority.lastIndexOf('@') + 1;
    const first = match.index + whole.length - rest.length - authority.length + behindUser;
    const database = /^\/([\w$.-]+)/.exec(rest)?.[1] ?? /;database(?:name)?=([^;]+)/i.exec(rest)?.[1];
    const user =
      /^([^:@]+)[:@]/.exec(authority.slice(0, behindUser))?.[1] ??
      /[?&;]user(?:name)?=([^&;]+)/i.exec(rest)?.[1];
    const password = /^[^:@]*:([^@]+)@$/.exec(authority.slice(0, behindUser))?.[1];
    return itemsOf(authority.slice(behindUser), ',').flatMap(({ text: item, start }): WrittenHost[] => {
      const [, host = '', port] = /^(\[[^\]]*\]|[^:\\]*)(?:\\[^:]*)?(?::(.*))?$/.exec(item) ?? [];
      if (!isHost(host) || (!known && jdbc === '' && port === undefined)) return [];
      return [
        {
          host: host.toLowerCase(),
          start: first + start,
          certain: known || jdbc !== '',
          ...(port === undefined ? { port: SCHEME_PORTS[base] } : portOf(port)),
          ...(isStoreUrl(base) ? { database, user, password } : {}),
        },
      ];
    });
  });
}

const isStoreUrl = (scheme: string): boolean =>
  /^(?:postgres(?:ql)?|mysql|mariadb|sqlserver|mssql|cockroachdb)$/.test(scheme);

const HOST_KEY =
  /(?:^|[;\s])(?:host|hostaddr|server|data source|addr|address|network address)\s*=\s*(?:tcp:)?/i;

/** The host of a connection string of words: libpq's, ADO's, Go's for MySQL, Oracle's thin one. */
export function hostsInConnectionString(text: string): WrittenHost[] {
  const go = /^[^@\s()/]*@(?:tcp)?\(([^():]+)(?::(\d+))?\)\/(\w*)/.exec(text);
  if (go) {
    const [, host = '', port, database] = go;
    const user = /^([^:@]+)[:@]/.exec(text)?.[1];
    return written(host, text.indexOf(`(${host}`) + 1, port ?? '3306', database, user);
  }
  const oracle = /^jdbc:oracle:\w+:@(?:\/\/)?([^:/\s]+)(?::(\d+))?/i.exec(text);
  if (oracle) return written(oracle[1] ?? '', oracle[0].indexOf(oracle[1] ?? ''), oracle[2] ?? '1521');
  const key = HOST_KEY.exec(text);
  if (!key || !/^\s*[\w ]+\s*=/.test(text)) return [];
  const start = key.index + key[0].length;
  const [whole = '', host = '', attached] =
    /^'?([^;\s,:'\\]+)'?(?:\\[^;,]*)?(?:[,:](\d+))?/.exec(text.slice(start)) ?? [];
  const quote = whole.startsWith("'") ? 1 : 0;
  const value = (names: string): string | undefined =>
    new RegExp(`(?:^|[;\\s])(?:${names})\\s*=\\s*'?([^;\\s']+)`, 'i').exec(text)?.[1];
  return written(
    host,
    start + quote,
    attached ?? value('port'),
    value('dbname|database|initial catalog'),
    value('user|user id|uid|username|user name'),
  );
}

/** Each `host:port` of a list with commas, semicolons or spaces, such as Kafka's brokers and ZooKeeper's voters. */
export function hostsInList(text: string): WrittenHost[] {
  if (!text.includes(':')) return [];
  return itemsOf(text, /[,;\s]/).flatMap(({ text: item, start }): WrittenHost[] => {
    const [, before = '', host = '', port] =
      /^((?:\d+@|(?:dns|passthrough):\/\/\/)?)([a-z0-9][\w.-]*):(\d{2,5})(?:[/:].*)?$/i.exec(item) ?? [];
    return port === undefined || !isHost(host)
      ? []
      : [{ host, start: start + before.length, certain: false, ...portOf(port) }];
  });
}

/** Every host of a value, whatever it is. */
export function hostsIn(text: string): WrittenHost[] {
  const urls = hostsInUrls(text);
  if (urls.length > 0) return urls;
  const strings = hostsInConnectionString(text);
  if (strings.length > 0) return strings;
  const listed = hostsInList(text);
  return listed.length > 0 ? listed : namesOfCluster(text);
}

/** Whole names of the cluster's DNS, wherever they stand. */
export const namesOfCluster = (text: string): WrittenHost[] =>
  [
    ...text.matchAll(
      /(?<![\w.@*/-])([a-z0-9][a-z0-9-]*(?:\.[a-z0-9-]+)+\.svc(?:\.[a-z]+\.[a-z]+)?)(?![\w-])(?::(\d+))?/g,
    ),
  ].map(({ 1: host = '', 2: port, index }) => ({
    host,
    start: index,
    certain: false,
    ...(port === undefined ? { port: undefined } : portOf(port)),
  }));

function written(
  host: string,
  start: number,
  port: string | undefined,
  database?: string,
  user?: string,
): WrittenHost[] {
  if (!isHost(host)) return [];
  const at = port === undefined ? { port: undefined } : portOf(port);
  return [{ host, start, certain: true, database, user, ...at }];
}

/** The parts of a list with their places. */
export function itemsOf(text: string, separator: string | RegExp): { text: string; start: number }[] {
  let start = 0;
  return text.split(separator).flatMap((part) => {
    const item = { text: part.trim(), start: start + (part.length - part.trimStart().length) };
    start += part.length + 1;
    return item.text === '' ? [] : [item];
  });
}

/** A port in words. */
export function portOf(text: string): Pick<WrittenHost, 'port' | 'portText'> {
  const port = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  return port >= 1 && port <= 65_535 ? { port } : { port: undefined, portText: text };
}
