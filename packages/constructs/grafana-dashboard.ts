import { Construct } from 'constructs';
import * as k8s from './k8s.js';
import { checkDnsLabel } from './names.js';

/** One line, or several, of a panel. */
export interface DashboardQuery {
  /** PromQL. */
  readonly expr: string;
  /** What a line is called; `{{pod}}` is the label of that name. */
  readonly legend: string;
  /** Whether traces are drawn as dots, where the metric names some (exemplars). @default false */
  readonly exemplars?: boolean;
}

/** Grafana's words for what an axis counts. */
export type DashboardUnit = 'reqps' | 's' | 'percentunit' | 'short';

/** Lines over time. */
export interface DashboardPanel {
  readonly title: string;
  /** What it shows, and what it means when it rises, for whoever was woken. */
  readonly description: string;
  readonly unit: DashboardUnit;
  readonly queries: readonly DashboardQuery[];
  /** A value that must not be passed, drawn as a red line. @default - none */
  readonly threshold?: number;
}

/** Panels beside each other. */
export interface DashboardRow {
  readonly title: string;
  /** At most four, or nobody can read them. */
  readonly panels: readonly DashboardPanel[];
}

/** What is shown. */
export interface GrafanaDashboardProps {
  /** The name of the ConfigMap, of the file in it, and of the dashboard in its address. */
  readonly name: string;
  readonly title: string;
  readonly rows: readonly DashboardRow[];
  /**
   * By which Grafana's sidecar finds it.
   * @default - `grafana_dashboard: "1"`, as in the charts of Grafana and kube-prometheus-stack
   */
  readonly labels?: Readonly<Record<string, string>>;
}

/** Of Grafana's grid: 24 columns, and rows of some 30 pixels. */
const GRID = { columns: 24, panelHeight: 8, titleHeight: 1 } as const;
const MOST_PANELS = 4;
/** Of Grafana 10, which later ones read and bring up to date. */
const SCHEMA_VERSION = 39;
/** Grafana's own variable of its data sources, so that one is chosen above the panels. */
const DATA_SOURCE = { type: 'prometheus', uid: '${datasource}' } as const;

/**
 * A dashboard as Grafana reads it.
 *
 * @throws Error that names the construct and the row
 */
export function grafanaDashboard(
  path: string,
  { name, title, rows }: Pick<GrafanaDashboardProps, 'name' | 'title' | 'rows'>,
): Readonly<Record<string, unknown>> {
  const height = GRID.titleHeight + GRID.panelHeight;
  const panels = rows.flatMap((row, index) => {
    const { length } = row.panels;
    if (length === 0 || length > MOST_PANELS) {
      throw new Error(
        `${path}: the row "${row.title}" has ${length} panels; it has 1 to ${MOST_PANELS}. Make two rows of it.`,
      );
    }
    const y = index * height;
    const width = GRID.columns / length;
    const heading = {
      type: 'row',
      title: row.title,
      collapsed: false,
      gridPos: { h: GRID.titleHeight, w: GRID.columns, x: 0, y },
      panels: [],
    };
    const place = (column: number) => ({
      h: GRID.panelHeight,
      w: width,
      x: column * width,
      y: y + GRID.titleHeight,
    });
    return [heading, ...row.panels.map((panel, column) => ({ ...lines(panel), gridPos: place(column) }))];
  });
  return {
    uid: name,
    title,
    schemaVersion: SCHEMA_VERSION,
    editable: false,
    refresh: '30s',
    time: { from: 'now-3h', to: 'now' },
    templating: {
      list: [{ name: 'datasource', label: 'Data source', type: 'datasource', query: 'prometheus' }],
    },
    panels: panels.map((panel, index) => ({ id: index + 1, ...panel })),
  };
}

const lines = ({ title, description, unit, queries, threshold }: DashboardPanel) => ({
  type: 'timeseries',
  title,
  description,
  datasource: DATA_SOURCE,
  fieldConfig: {
    defaults: {
      unit,
      min: 0,
      ...(threshold !== undefined && {
        thresholds: {
          mode: 'absolute',
          steps: [
            { color: 'green', value: null },
            { color: 'red', value: threshold },
          ],
        },
        custom: { thresholdsStyle: { mode: 'line' } },
      }),
    },
    overrides: [],
  },
  targets: queries.map(({ expr, legend, exemplars = false }, index) => ({
    refId: String.fromCharCode('A'.charCodeAt(0) + index),
    datasource: DATA_SOURCE,
    expr,
    legendFormat: legend,
    ...(exemplars ? { exemplar: true } : {}),
  })),
});

/** A ConfigMap with a dashboard, which the sidecar of a Grafana takes from there; without one, it does no harm. */
export class GrafanaDashboard extends Construct {
  constructor(scope: Construct, id: string, props: GrafanaDashboardProps) {
    super(scope, id);
    const { name, labels = { grafana_dashboard: '1' } } = props;
    new k8s.KubeConfigMap(this, 'Resource', {
      metadata: { name: checkDnsLabel(this.node.path, name), labels: { ...labels } },
      data: { [`${name}.json`]: `${JSON.stringify(grafanaDashboard(this.node.path, props), null, 2)}\n` },
    });
  }
}
