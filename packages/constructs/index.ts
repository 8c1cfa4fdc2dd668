export { App, type AppProps, type Proven, UnprovenError } from './app.js';
export type { Autoscaler } from './autoscaler.js';
export {
  BurnRateAlerts,
  type BurnRateAlertsProps,
  burnRateGroup,
  type Objective,
  type RuleGroup,
} from './burn-rate-alerts.js';
export { CloudNativePgCluster } from './cloudnative-pg-cluster.js';
export type { CloudNativePgClusterProps } from './cloudnative-pg-cluster-props.js';
export type { ApiServer } from './cloudnative-pg-policy.js';
export { Configuration, type ConfigurationProps } from './configuration.js';
export type { ContainerProps, InitContainer, Sidecar } from './container.js';
export type { ConnectingPods, DeclaredService } from './declared-service.js';
export type { ClusterDns, Dns } from './dns.js';
export type { Address } from './environment-variable.js';
export type { Expose } from './expose.js';
export { ExternalPostgres, type ExternalPostgresProps } from './external-postgres.js';
export type { ExtraMetadata } from './extra-metadata.js';
export { GatewayRoute, type GatewayRouteProps } from './gateway-route.js';
export {
  type DashboardPanel,
  type DashboardQuery,
  type DashboardRow,
  type DashboardUnit,
  GrafanaDashboard,
  grafanaDashboard,
  type GrafanaDashboardProps,
} from './grafana-dashboard.js';
export { HelmChart, type HelmChartProps } from './helm-chart.js';
export type { JobProps } from './job-pods.js';
export { LogicalBackup } from './logical-backup.js';
export type { LogicalBackupOptions, LogicalBackupProps } from './logical-backup-props.js';
export { DefaultDenyNetworkPolicy, type Peer, PodNetworkPolicy } from './pod-network-policy.js';
export type { PodProps } from './pod-props.js';
export { PostgresStack, type PostgresStackProps } from './postgres-stack.js';
export { ProbedService } from './probed-service.js';
export type { MetricsReader, ProbedServiceProps } from './probed-service-props.js';
export type { ProbeTiming, ProbeTimings } from './probes.js';
export type { Resources } from './resources.js';
export { RestrictedNamespace, type RestrictedNamespaceProps } from './restricted-namespace.js';
export { type CronJobProps, ServiceCronJob } from './service-cron-job.js';
export {
  OriginatedSecret,
  type OriginatedSecretProps,
  type RemoteSecret,
  type SecretOrigin,
} from './secret-origin.js';
export { ServiceJob } from './service-job.js';
export type { ServiceEdge, ServiceEdgeOptions } from './service-edge.js';
export type { CertificateSource, DatabaseCredentials, Store, StoreClient, StoreTls } from './store.js';
export type { StoreEdge, StoreEdgeOptions } from './store-edge.js';
export type { TraceCollector } from './trace-collector.js';
export { only, podTemplateOf, synthesized } from './synthesized.js';
export type { Termination } from './termination.js';
export type { Toleration } from './tolerations.js';
export type { ConfigMapKey, OptionalSecretKey, SecretKey } from './values.js';
export type { EmptyDir, Mounts, Volume, Volumes } from './volumes.js';
export { PodMonitor, type PodMonitorProps } from './pod-monitor.js';
