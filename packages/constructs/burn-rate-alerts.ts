import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { checkDnsLabel } from './names.js';

/** What is promised to somebody, as a share of what is counted. */
export interface Objective {
  /** What is promised, in a word or two for an alert's name: `ClicksAnswered`. */
  readonly name: string;
  /** Who notices, for whoever is woken: "Guests see an error instead of a page". */
  readonly means: string;
  /** The share that may go wrong in 30 days: 0.001 promises 99.9 %. */
  readonly errorBudget: number;
  /** PromQL selectors of a counter; without braces around, as in `http_requests_total{job="shop"}`. */
  readonly all: string;
  /**
   * The same, of those that went wrong. It is counted from zero: of a counter that comes with its first failures nobody can
   * know that they are new, and what went wrong between two readings is never seen.
   */
  readonly failed: string;
}

/** One pair of windows: both must burn, so that an alert begins soon, and ends soon after the fault has. */
interface BurnRate {
  readonly long: string;
  readonly short: string;
  /** How many times faster than the budget allows. */
  readonly factor: number;
  readonly severity: 'page' | 'ticket';
}

/**
 * 2 %, 5 % and 10 % of the budget of 30 days in an hour, six hours and three days, from the Site Reliability Workbook,
 * https://sre.google/workbook/alerting-on-slos/ (table 5-8).
 */
const BURN_RATES: readonly BurnRate[] = [
  { long: '1h', short: '5m', factor: 14.4, severity: 'page' },
  { long: '6h', short: '30m', factor: 6, severity: 'page' },
  { long: '3d', short: '6h', factor: 1, severity: 'ticket' },
];

/** A group of rules, as Prometheus and its operator read it. */
export interface RuleGroup {
  readonly name: string;
  readonly rules: readonly Readonly<Record<string, unknown>>[];
}

/** The recording and alerting rules of an objective. @throws Error for a budget that is none */
export function burnRateGroup(path: string, objective: Objective): RuleGroup {
  const { name, means, errorBudget, all, failed } = objective;
  if (!(errorBudget > 0 && errorBudget < 1)) {
    throw new Error(
      `${path}: errorBudget of ${name} is ${errorBudget}; it is the share that may go wrong, more than 0 and less than 1, such as 0.001.`,
    );
  }
  const ratio = (window: string): string => `objective:error_ratio:rate${window}{objective="${name}"}`;
  const windows = [...new Set(BURN_RATES.flatMap(({ long, short }) => [short, long]))];
  return {
    name: `objective-${name}`,
    rules: [
      ...windows.map((window) => ({
        record: `objective:error_ratio:rate${window}`,
        labels: { objective: name },
        // Nothing that went wrong yet is zero, and not nothing; nobody who asked is no answer at all.
        expr: `(sum(rate(${failed}[${window}])) or vector(0)) / (sum(rate(${all}[${window}])) > 0)`,
      })),
      ...BURN_RATES.map(({ long, short, factor, severity }) => ({
        alert: name,
        expr: `${ratio(long)} > ${factor} * ${errorBudget} and ${ratio(short)} > ${factor} * ${errorBudget}`,
        labels: { severity, window: long },
        annotations: {
          summary: `${means}: {{ $value | humanizePercentage }} in ${long}, ${factor} times what the objective allows`,
        },
      })),
      {
        alert: `${name}Unknown`,
        expr: `absent(${all})`,
        for: '1m',
        labels: { severity: 'page' },
        annotations: { summary: `Nobody counts whether it holds: ${means.toLowerCase()}?` },
      },
    ],
  };
}

/** What is watched. */
export interface BurnRateAlertsProps {
  /** The name of the PrometheusRule. */
  readonly name: string;
  readonly objectives: readonly Objective[];
  /** By which the operator's Prometheus chooses its rules, such as `release: monitoring`. @default - none */
  readonly labels?: Readonly<Record<string, string>>;
}

/**
 * A PrometheusRule of the Prometheus operator, which wakes somebody when a promise is being broken, and not when a pod
 * restarts: an alert for each objective, in several windows.
 */
export class BurnRateAlerts extends Construct {
  constructor(scope: Construct, id: string, { name, objectives, labels = {} }: BurnRateAlertsProps) {
    super(scope, id);
    new ApiObject(this, 'Resource', {
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      metadata: { name: checkDnsLabel(this.node.path, name), labels: { ...labels } },
      spec: { groups: objectives.map((objective) => burnRateGroup(this.node.path, objective)) },
    });
  }
}
