export { BalancerFixture } from './balancer-fixture.js';
export { EventStreamFixture } from './event-stream-fixture.js';
export { freePort } from './free-port.js';
export { LogInLog } from './log-in-log.js';
export { NetworkFixture } from './network-fixture.js';
export { PostgresFixture } from './postgres-fixture.js';
export { PostgresServer } from './postgres-server.js';
export { ProcessFixture } from './process-fixture.js';
export { type Answer, ServiceFixture } from './service-fixture.js';
export {
  type CollectorBehaviour,
  type ReceivedSpan,
  TraceCollectorFixture,
} from './trace-collector-fixture.js';
