import { BurnRateAlerts, type DeclaredService, type Objective, PodMonitor } from '@cafe-lumiere/constructs';
import type { Construct } from 'constructs';

/**
 * What guests are promised for 30 days, counted where they notice: at the frontend, which answers 503 when something behind
 * it is away. An order that waits in the guest's page and is sent again counts each time.
 */
export const objectives = (namespace: string): readonly Objective[] => {
  const requests = (...besides: readonly string[]): string =>
    `http_requests_total{${[`namespace="${namespace}"`, 'container="frontend"', ...besides].join(',')}}`;
  const failed = 'status=~"5.."';
  const order = ['method="POST"', 'path="/api/orders"'];
  return [
    {
      name: 'ClicksAnswered',
      means: 'Guests see an error instead of an answer',
      errorBudget: 0.001,
      all: requests(),
      failed: requests(failed),
    },
    {
      name: 'OrdersStored',
      means: 'Orders are not stored',
      errorBudget: 0.001,
      all: requests(...order),
      failed: requests(...order, failed),
    },
  ];
};

/** For a Prometheus operator: the services' metrics, and alerts for what guests are promised. */
export function cafeAlerts(
  scope: Construct,
  namespace: string,
  services: readonly DeclaredService[],
  labels: Readonly<Record<string, string>>,
): void {
  for (const service of services) new PodMonitor(scope, `${service.name}-monitor`, { service, labels });
  new BurnRateAlerts(scope, 'alerts', { name: namespace, objectives: objectives(namespace), labels });
}
