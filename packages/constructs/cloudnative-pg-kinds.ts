import * as k8s from './k8s.js';

/**
 * What we write of a CloudNativePG `Cluster`, in the words of its API (postgresql.cnpg.io/v1 of 1.28:
 * https://cloudnative-pg.io/documentation/1.28/cloudnative-pg.v1/). A test holds it against the operator's own schema.
 */
export interface ClusterSpec {
  imageName: string;
  instances: number;
  primaryUpdateStrategy: 'unsupervised' | 'supervised';
  primaryUpdateMethod: 'restart' | 'switchover';
  enableSuperuserAccess: boolean;
  enablePDB: boolean;
  startDelay: number;
  stopDelay: number;
  smartShutdownTimeout: number;
  switchoverDelay: number;
  failoverDelay: number;
  bootstrap: {
    initdb: {
      database: string;
      owner: string;
      secret: { name: string };
      encoding: string;
      locale: string;
      localeProvider?: string;
      builtinLocale?: string;
      dataChecksums: boolean;
    };
  };
  certificates: { serverAltDNSNames: string[] } | { serverCASecret: string; serverTLSSecret: string };
  postgresql: {
    parameters: Record<string, string>;
    pg_hba: string[];
    synchronous?: {
      method: 'any' | 'first';
      number: number;
      dataDurability: 'required' | 'preferred';
      failoverQuorum: boolean;
    };
  };
  probes: {
    startup: { periodSeconds: number; timeoutSeconds: number; failureThreshold: number };
    readiness: { periodSeconds: number; timeoutSeconds: number; failureThreshold: number };
    liveness: { isolationCheck: { enabled: boolean; requestTimeout: number; connectionTimeout: number } };
  };
  env: { name: string; value: string }[];
  affinity: {
    enablePodAntiAffinity: boolean;
    podAntiAffinityType: string;
    topologyKey: string;
    tolerations?: k8s.Toleration[];
  };
  storage: { size: string; storageClass?: string; resizeInUseVolumes: boolean };
  resources: k8s.ResourceRequirements;
}

export const KubeCluster = k8s.kube<{ apiVersion?: string; kind?: string; spec?: ClusterSpec }>(
  'postgresql.cnpg.io/v1',
  'Cluster',
);

/** What we write of the Prometheus operator's `PodMonitor`. */
export interface PodMonitorSpec {
  selector: { matchLabels: Readonly<Record<string, string>> };
  podMetricsEndpoints: { port: string }[];
}

export const KubePodMonitor = k8s.kube<{ apiVersion?: string; kind?: string; spec?: PodMonitorSpec }>(
  'monitoring.coreos.com/v1',
  'PodMonitor',
);
