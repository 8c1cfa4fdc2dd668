/** The chart's name, which is also in the names that a release gives its objects. */
export const CHART_NAME = 'postgresql';

/** The port of the client Service, and of the server's container. */
export const POSTGRESQL_PORT = 5432;

/** The port of the exporter's Service, `<service>-metrics`, with `metrics.enabled`. */
export const METRICS_PORT = 9187;

/** The values that names are made of. */
export interface NamingValues {
  /** Stands for the chart's name. @default 'postgresql' */
  readonly nameOverride?: string | undefined;
  /** The name itself. @default - made from the release's name and the chart's */
  readonly fullnameOverride?: string | undefined;
}

/** RFC 1035, section 2.3.1, as Kubernetes asks it of a Service. */
const SERVICE_NAME = /^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/;

/**
 * The name of a release's client Service, which is the host that applications connect to. Its StatefulSet, its
 * ConfigMap and its network policy are called the same, and the others' names begin with it: `<name>-auth` is the
 * password's Secret, `<name>-hl` the headless Service.
 *
 * It is the release's name when that contains the chart's, else both, and at most 50 characters: `my-postgresql` for
 * the release `my-postgresql`, `shop-postgresql` for `shop`. `postgresql.fullname` in templates/_helpers.tpl is the
 * same rule for Helm; a test compares the two.
 *
 * @throws Error when Kubernetes would refuse the name: a Service's begins with a letter, and has no dot
 */
export function postgresqlServiceName(release: string, values: NamingValues = {}): string {
  const chart = chartNameOf(values);
  const made = release.includes(chart) ? release : `${release}-${chart}`;
  const whole = isSet(values.fullnameOverride) ? values.fullnameOverride : made;
  const name = whole.slice(0, 50).replace(/^-+|-+$/g, '');
  if (SERVICE_NAME.test(name)) return name;
  throw new Error(
    `The release ${release} of the chart ${CHART_NAME} would make the Service ${JSON.stringify(name)}: ` +
      `a Service's name is of a-z, 0-9 and "-", and begins with a letter. Choose another release name, or set fullnameOverride.`,
  );
}

/**
 * The labels by which the database's pod is found, by a network policy for example. They are the selector of a
 * StatefulSet, so they never change.
 */
export function postgresqlPodLabels(
  release: string,
  values: NamingValues = {},
): Readonly<Record<string, string>> {
  return {
    'app.kubernetes.io/name': chartNameOf(values),
    'app.kubernetes.io/instance': release,
    'app.kubernetes.io/component': 'primary',
  };
}

// In values.yaml what is not set is empty.
const isSet = (name: string | undefined): name is string => name !== undefined && name !== '';
const chartNameOf = ({ nameOverride }: NamingValues): string =>
  isSet(nameOverride) ? nameOverride : CHART_NAME;
