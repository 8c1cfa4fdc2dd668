/** One sample a minute is enough for windows of an hour and longer. */
const STEP_SECONDS = 60;
const DAYS = 3;
/** The time before its start that a Prometheus knows only from its own reading, so that `absent` and 5m see nothing else. */
export const GAP_SECONDS = 300;
/** Requests a second, as many as the load has ({@link Load}): orders, and everything else. */
const REQUESTS = [
  { perSecond: 10, method: 'POST', path: '/api/orders', status: '201' },
  { perSecond: 70, method: 'GET', path: '/', status: '200' },
] as const;

/**
 * The three days before, in which as much was asked as now, and nothing failed: what a Prometheus knows that has been here for
 * long. Without them one failed request of the first minute would be a large part of its last hour, and of three days.
 *
 * @param now - seconds since 1970
 * @returns text in the format OpenMetrics
 */
export function ordinaryDays(namespace: string, now: number): string {
  const first = Math.floor(now) - GAP_SECONDS - DAYS * 86_400;
  const series = REQUESTS.flatMap(({ perSecond, method, path, status }) => {
    const labels = `namespace="${namespace}",container="frontend",pod="before",method="${method}",path="${path}",status="${status}"`;
    return Array.from({ length: (DAYS * 86_400) / STEP_SECONDS + 1 }, (_, step) => {
      const seconds = step * STEP_SECONDS;
      return `http_requests_total{${labels}} ${seconds * perSecond} ${first + seconds}`;
    });
  });
  return `${['# TYPE http_requests counter', ...series, '# EOF'].join('\n')}\n`;
}
