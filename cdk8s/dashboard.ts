import type { DashboardPanel, DashboardRow } from '@cafe-lumiere/constructs';
import { objectives } from './alerts.js';

const SERVICES = 'frontend|kitchen-service|order-service';
/** Four times a scrape that comes every 30 s, or every minute: less shows gaps. */
const WINDOW = '4m';

/** What whoever was woken looks at, from what guests notice to what may be the reason. */
export function dashboardRows(namespace: string): readonly DashboardRow[] {
  const of = (metric: string, ...besides: readonly string[]): string =>
    `${metric}{${[`namespace="${namespace}"`, `container=~"${SERVICES}"`, ...besides].join(',')}}`;
  const rate = (metric: string, ...besides: readonly string[]): string =>
    `rate(${of(metric, ...besides)}[${WINDOW}])`;
  const byService = (sum: string): string => `sum by (container) (${sum})`;
  const byPod = (sum: string): string => `sum by (pod) (${sum})`;
  const latency = (share: number): string =>
    `histogram_quantile(${share}, sum by (container, le) (${rate('http_request_duration_seconds_bucket')}))`;

  return [
    {
      title: 'What guests are promised',
      panels: objectives(namespace).map(({ name, means, errorBudget, all, failed }): DashboardPanel => {
        const answered = `sum(rate(${all}[${WINDOW}]))`;
        return {
          title: name === 'OrdersStored' ? 'Orders stored' : 'Clicks answered',
          description: `${means} when the share above the red line is lost for long; the alert ${name} is made of the same counters.`,
          unit: 'percentunit',
          threshold: errorBudget,
          queries: [
            { expr: `(sum(rate(${failed}[${WINDOW}])) or vector(0)) / (${answered} > 0)`, legend: 'lost' },
          ],
        };
      }),
    },
    {
      title: 'What is asked, and how long it takes',
      panels: [
        {
          title: 'Answers a second',
          description:
            'By service and status. 5xx at one service and at those in front of it: look at that one.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (container, status) (${rate('http_requests_total')})`,
              legend: '{{container}} {{status}}',
            },
          ],
        },
        {
          title: 'Orders a second',
          description: 'Stored by order-service, those that were sent again with the same key included.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum(${rate('http_requests_total', 'method="POST"', 'path="/orders"', 'status="201"')})`,
              legend: 'orders',
            },
          ],
        },
        {
          title: 'Time to an answer',
          description:
            'Without event streams. Above the red line the page says that it takes longer, and asks once more beside; it gives up after 15 s.',
          unit: 's',
          threshold: 2.5,
          queries: [
            { expr: latency(0.5), legend: '{{container}} half' },
            { expr: latency(0.99), legend: '{{container}} 99 of 100', exemplars: true },
          ],
        },
      ],
    },
    {
      title: 'More than can be done',
      panels: [
        {
          title: 'Requests in flight',
          description:
            'Begun and not answered, event streams included. It rises when something behind is slow.',
          unit: 'short',
          queries: [{ expr: byService(of('http_requests_in_flight')), legend: '{{container}}' }],
        },
        {
          title: 'Requests refused',
          description:
            'Because there was more to do than could be done: more pods, or less to do for each request.',
          unit: 'reqps',
          queries: [
            {
              expr: `sum by (container, criticality) (${rate('http_requests_shed_total')})`,
              legend: '{{container}} {{criticality}}',
            },
          ],
        },
        {
          title: 'Who waits for the database',
          description:
            'Callers in line for a connection of order-service. They are served when one is free, or it returns.',
          unit: 'short',
          queries: [{ expr: byPod(of('database_callers_waiting')), legend: '{{pod}}' }],
        },
      ],
    },
    {
      title: 'What is behind',
      panels: [
        {
          title: 'Dependencies that answer',
          description: '1 for each pod that was answered last time; its share in all pods.',
          unit: 'percentunit',
          queries: [{ expr: `avg by (from, to) (${of('dependency_up')})`, legend: '{{from}} → {{to}}' }],
        },
        {
          title: 'Calls that were tried again',
          description: 'At most a tenth of all; in a rollout a few.',
          unit: 'reqps',
          queries: [
            { expr: `sum by (from, to) (${rate('dependency_retries_total')})`, legend: '{{from}} → {{to}}' },
          ],
        },
        {
          title: 'Event streams',
          description:
            'Open pages that are told of changes. All of them gone at once, and back within seconds, is a rollout.',
          unit: 'short',
          queries: [{ expr: byService(of('event_streams_open')), legend: '{{container}}' }],
        },
      ],
    },
    {
      title: 'The pods',
      panels: [
        {
          title: 'Pods',
          description: 'That tell their metrics.',
          unit: 'short',
          queries: [
            { expr: `count by (container) (${of('process_start_time_seconds')})`, legend: '{{container}}' },
          ],
        },
        {
          title: 'Restarts',
          description: 'Of a container in its pod, in ten minutes. A rollout makes new pods, and is none.',
          unit: 'short',
          queries: [
            { expr: byService(`changes(${of('process_start_time_seconds')}[10m])`), legend: '{{container}}' },
          ],
        },
        {
          title: 'Processor',
          description: 'Of each pod, in processors. One process uses little more than one.',
          unit: 'short',
          queries: [{ expr: byPod(rate('process_cpu_seconds_total')), legend: '{{pod}}' }],
        },
        {
          title: 'How late the event loop is',
          description:
            '99 of 100 times less. It rises with the processor, or when one piece of work takes long.',
          unit: 's',
          queries: [{ expr: of('nodejs_eventloop_lag_p99_seconds'), legend: '{{pod}}' }],
        },
      ],
    },
  ];
}
