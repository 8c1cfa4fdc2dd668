import { expect, test } from '@jest/globals';
import { findingText } from './finding.js';
import {
  add,
  copy,
  drop,
  inChart,
  installedAs,
  knowing,
  manifestsIn,
  type Mutation,
  reportAfter,
  set,
  unset,
} from './mutation.js';

// Each row breaks our own output in one way. A new case is a new line: what is done, how, the id, and words of the text.

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const ORDERS = 'Deployment/order-service';
const KITCHEN = 'Deployment/kitchen-service';
const FRONTEND = 'Deployment/frontend';

const previous = (yaml: string): Mutation => knowing({ previous: manifestsIn(yaml) });

const hpa = (spec: string): Mutation =>
  add(
    `{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: orders, namespace: cafe-lumiere}, spec: ${spec}}`,
  );

// prettier-ignore
const cases: readonly (readonly [name: string, mutations: readonly Mutation[], id: string, words: string])[] = [
  // edges
  ['a letter less in a URL', [set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://order-servic:5001')], 'CAFE001', 'set ConfigMap cafe-lumiere/cafe-config, data.ORDER_SERVICE_URL to http://order-service:5001'],
  ['a URL with the wrong name and the right port', [set('ConfigMap/cafe-config', 'data.KITCHEN_SERVICE_URL', 'http://cooking:5002')], 'CAFE001', 'kitchen-service, the only Service with port 5002'],
  ['a name of another namespace', [set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://orders.cafe-lumiere.svc.cluster.local:5001')], 'CAFE001', 'http://orders.cafe-lumiere'],
  ['a Service renamed, its callers not', [set('Service/order-service', 'metadata.name', 'orders')], 'CAFE001', 'ORDER_SERVICE_URL=http://order-service:5001'],
  ['a Service deleted', [drop('Service/kitchen-service')], 'CAFE001', 'KITCHEN_SERVICE_URL'],
  ['a host in an argument', [set(KITCHEN, `${C}.args`, ['--upstream=http://orderservice:5001'])], 'CAFE001', 'containers[kitchen-service].args[0]'],
  ['a port that the Service does not have', [set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://order-service:5010')], 'CAFE002', 'port 5010 of Service cafe-lumiere/order-service'],
  ['the container’s port in place of the Service’s', [set('ConfigMap/cafe-config', 'data.KITCHEN_SERVICE_URL', 'http://frontend:5000')], 'CAFE002', 'set the port in ConfigMap cafe-lumiere/cafe-config, data.KITCHEN_SERVICE_URL to 80'],
  ['a URL without its port', [set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://order-service')], 'CAFE002', 'port 80'],
  ['a database port that nobody serves', [set('ConfigMap/cafe-config', 'data.DB_PORT', '5433')], 'CAFE002', 'data.DB_PORT to 5432'],
  ['a Service’s port changed', [set('Service/order-service', 'spec.ports.0.port', 80)], 'CAFE002', 'expected a port of that Service: 80'],
  ['a targetPort without a container port', [set('Service/order-service', 'spec.ports.0.targetPort', 'web')], 'CAFE003', 'declares: http'],
  ['a container port that moved', [set(ORDERS, `${C}.ports.0.containerPort`, 8080), set('Service/order-service', 'spec.ports.0.targetPort', 5001)], 'CAFE003', '8080'],
  ['a selector with a mistyped label', [set('Service/order-service', 'spec.selector.app', 'orders-service')], 'CAFE004', 'app=order-service'],
  ['a selector with one label too many', [set('Service/frontend', 'spec.selector.tier', 'web')], 'CAFE004', 'pick no pod'],
  ['a port that is no number', [set('ConfigMap/cafe-config', 'data.DB_PORT', 'tcp://10.0.0.7:5432')], 'CAFE005', 'a whole number from 1 to 65535'],
  ['a port beyond all ports', [set('ConfigMap/cafe-config', 'data.ORDER_SERVICE_URL', 'http://order-service:50001x')], 'CAFE005', '50001x'],
  // release names
  ['DB_HOST of another release', [set('ConfigMap/cafe-config', 'data.DB_HOST', 'cafe-postgresql')], 'CAFE011', 'set ConfigMap cafe-lumiere/cafe-config, data.DB_HOST to cafe-lumiere-postgresql'],
  ['the chart installed under another name', [installedAs('db')], 'CAFE011', 'db-postgresql: so the chart postgresql names its Service in the release db'],
  ['a fullnameOverride that nobody told the services', [inChart('values.yaml', 'fullnameOverride: ""', 'fullnameOverride: orders-db')], 'CAFE011', 'orders-db'],
  ['another database than the chart makes', [set('ConfigMap/cafe-config', 'data.DB_NAME', 'cafe')], 'CAFE012', 'set ConfigMap cafe-lumiere/cafe-config, data.DB_NAME to cafe_lumiere'],
  ['another role than the chart makes', [inChart('values.yaml', 'username: cafe', 'username: barista')], 'CAFE012', 'DB_USER=cafe'],
  ['a Service that is named after its chart', [inChart('templates/service.yaml', /name: \{\{ include .*/, 'name: {{ .Chart.Name }}')], 'CAFE013', '{{ .Chart.Name }}'],
  ['a value that no template reads', [inChart('templates/poddisruptionbudget.yaml', '{{- if .Values.primary.pdb.create }}', '{{- if true }}')], 'CAFE014', 'values.yaml: primary.pdb.create'],
  // references
  ['a ConfigMap that is gone', [drop('ConfigMap/cafe-config')], 'CAFE021', 'ConfigMap cafe-lumiere/cafe-config, which is not among the manifests'],
  ['a Secret that is gone', [drop('Secret/cafe-secrets')], 'CAFE021', 'cafe-check/external: Secret/cafe-secrets'],
  ['a ServiceAccount that is gone', [drop('ServiceAccount/frontend')], 'CAFE021', 'ServiceAccount cafe-lumiere/frontend'],
  ['a priority class that nobody made', [set(ORDERS, `${POD}.priorityClassName`, 'important')], 'CAFE021', 'PriorityClass'],
  ['a claim that nobody made', [set(ORDERS, `${POD}.volumes`, [{ name: 'data', persistentVolumeClaim: { claimName: 'orders' } }])], 'CAFE021', 'PersistentVolumeClaim cafe-lumiere/orders'],
  ['envFrom of a ConfigMap that is not there', [set(FRONTEND, `${C}.envFrom`, [{ configMapRef: { name: 'cafe-confg' } }])], 'CAFE021', 'likely   cafe-config'],
  ['a key that the ConfigMap does not have', [unset('ConfigMap/cafe-config', 'data.DB_USER')], 'CAFE022', 'key DB_USER of ConfigMap'],
  ['a key of the Secret, mistyped', [set(ORDERS, `${C}.env.7.valueFrom.secretKeyRef.key`, 'DB_PASSWORT')], 'CAFE022', 'refer to DB_PASSWORD'],
  ['a mount without its volume', [set(ORDERS, `${C}.volumeMounts`, [{ name: 'cache', mountPath: '/cache' }])], 'CAFE023', 'add the volume cache'],
  ['PostgreSQL on the root of its volume', [add(`{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: cafe-lumiere}, spec: {selector: {matchLabels: {app: db}}, template: {metadata: {labels: {app: db}}, spec: {containers: [{name: db, image: 'postgres:17', volumeMounts: [{name: data, mountPath: /var/lib/postgresql/data}]}]}}, volumeClaimTemplates: [{metadata: {name: data}}]}}`)], 'CAFE024', 'PGDATA to /var/lib/postgresql/data/pgdata'],
  ['a variable twice', [set(FRONTEND, `${C}.env.+`, { name: 'PORT', value: '5050' })], 'CAFE025', 'two entries: 5000, then 5050'],
  ['service links that stand in for a variable', [unset(ORDERS, `${POD}.enableServiceLinks`), set(ORDERS, `${C}.args`, ['--port=$(FRONTEND_PORT)'])], 'CAFE026', 'enableServiceLinks: false'],
  ['an ingress to a Service that is not there', [add('{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: web, namespace: cafe-lumiere}, spec: {rules: [{http: {paths: [{backend: {service: {name: front-end}}}]}}]}}')], 'CAFE027', 'set the backend to frontend'],
  // probes
  ['no readiness probe', [unset(ORDERS, `${C}.readinessProbe`)], 'CAFE031', 'works only after multiple clicks'],
  ['no liveness probe', [unset(ORDERS, `${C}.livenessProbe`)], 'CAFE031', 'a process that hangs stays'],
  ['no startup probe', [unset(KITCHEN, `${C}.startupProbe`)], 'CAFE031', 'kills a start that takes long'],
  ['liveness asks what readiness asks', [set(ORDERS, `${C}.livenessProbe.httpGet.path`, '/readyz')], 'CAFE032', 'GET /readyz on port 5001'],
  ['… and names the port by its number', [set(ORDERS, `${C}.livenessProbe.httpGet`, { path: '/readyz/', port: 5001 })], 'CAFE032', 'such as /livez'],
  ['a probe of a port that is not there', [set(FRONTEND, `${C}.readinessProbe.httpGet.port`, 'htp')], 'CAFE033', 'set the port to http'],
  ['a probe of another port’s number', [set(FRONTEND, `${C}.startupProbe.httpGet.port`, 80)], 'CAFE033', 'found    80'],
  ['liveness looks at the database', [set(ORDERS, `${C}.livenessProbe`, { exec: { command: ['sh', '-c', 'pg_isready -h $DB_HOST'] }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 })], 'CAFE034', 'would restart healthy pods'],
  ['readiness looks through another service', [set(KITCHEN, `${C}.readinessProbe`, { exec: { command: ['curl', '-f', 'http://order-service:5001/health'] } })], 'CAFE034', 'asks order-service'],
  ['readiness is declared to reach a service', [set(FRONTEND, 'metadata.annotations', { 'cafe-check/readiness-reaches': 'order-service' })], 'CAFE034', 'at most the own store'],
  ['liveness is declared to reach the store', [set(ORDERS, 'metadata.annotations.[cafe-check/liveness-reaches]', 'cafe-lumiere-postgresql')], 'CAFE034', 'answer liveness from the process alone'],
  ['a liveness probe without patience', [set(ORDERS, `${C}.livenessProbe.failureThreshold`, 1)], 'CAFE035', '10 s × 1 = 10 s until the container is killed'],
  ['a liveness probe with the default timeout', [unset(ORDERS, `${C}.livenessProbe.timeoutSeconds`)], 'CAFE035', "Kubernetes' default"],
  ['a readiness probe that is slow to see', [set(ORDERS, `${C}.readinessProbe.periodSeconds`, 60)], 'CAFE035', '120 s until a pod that cannot serve'],
  ['a liveness probe that must succeed twice', [set(ORDERS, `${C}.livenessProbe.successThreshold`, 2)], 'CAFE036', 'leave successThreshold out'],
  ['a probe that asks nothing', [unset(ORDERS, `${C}.startupProbe.httpGet`)], 'CAFE036', 'asks nothing'],
  // time
  ['a grace period that is too short', [set(ORDERS, `${POD}.terminationGracePeriodSeconds`, 10)], 'CAFE041', 'preStop 0 + drain 5 + requests in flight 10 + flush 10'],
  ['a preStop that nobody counted', [set(FRONTEND, `${C}.lifecycle`, { preStop: { exec: { command: ['sleep', '15'] } } })], 'CAFE041', 'set terminationGracePeriodSeconds to 40'],
  ['a start without time for a migration', [set(ORDERS, `${C}.startupProbe.failureThreshold`, 30)], 'CAFE042', 'begins anew, for ever'],
  ['a probe that gives up before the query', [set(ORDERS, `${C}.env.9.value`, '3000'), set(ORDERS, `${C}.readinessProbe.timeoutSeconds`, 2)], 'CAFE043', 'more than DB_QUERY_TIMEOUT_MS, 3000 ms'],
  ['a gate that outlasts the rollout', [set(ORDERS, `${POD}.initContainers.0.env.5.value`, '900')], 'CAFE044', 'gate 900 + start 300'],
  ['a caller that gives up before its callee', [set(KITCHEN, `${C}.env.4.value`, '1000')], 'CAFE045', 'more than 1500 ms'],
  ['a query that takes longer than its callers wait', [set(ORDERS, `${C}.env.9.value`, '5600')], 'CAFE045', 'lower DB_QUERY_TIMEOUT_MS'],
  ['a frontend that outlasts the page', [set(FRONTEND, `${C}.env.5.value`, '6500')], 'CAFE045', 'less than 6000 ms'],
  // connections
  ['a pool that is too large', [set(ORDERS, `${C}.env.8.value`, '40')], 'CAFE051', '(2 + 1 pods) × 42 = 126'],
  ['an autoscaler that multiplies the pools', [unset(ORDERS, 'spec.replicas'), hpa('{minReplicas: 2, maxReplicas: 20, scaleTargetRef: {kind: Deployment, name: order-service}}')], 'CAFE051', '(20 + 1 pods) × 10 = 210'],
  ['a database that lets fewer in', [inChart('values.yaml', 'max_connections: 100', 'max_connections: 30')], 'CAFE051', 'raise args: max_connections to 41'],
  // network
  ['an egress rule that is gone', [unset('NetworkPolicy/kitchen-service', 'spec.egress.1')], 'CAFE061', 'to podSelector app=order-service, port 5001'],
  ['an ingress rule that is gone', [unset('NetworkPolicy/order-service', 'spec.ingress.0')], 'CAFE061', 'port 5001 from Deployment cafe-lumiere/kitchen-service'],
  ['a policy with the Service’s port', [set('NetworkPolicy/order-service', 'spec.egress.1.ports.0.port', 5433)], 'CAFE061', 'set that port to 5432'],
  ['a policy for a label that changed', [set('NetworkPolicy/frontend', 'spec.egress.1.to.0.podSelector.matchLabels.app', 'orders')], 'CAFE061', 'order-service'],
  ['a database that does not know its client', [inChart('values.yaml', 'app: order-service', 'app: orders')], 'CAFE061', 'NetworkPolicy cafe-lumiere/cafe-lumiere-postgresql'],
  ['no DNS', [unset('NetworkPolicy/frontend', 'spec.egress.0')], 'CAFE062', 'without DNS no name resolves'],
  ['DNS over UDP only', [unset('NetworkPolicy/frontend', 'spec.egress.0.ports.1')], 'CAFE062', 'no rule for port 53 over TCP'],
  ['a service that lets everybody in', [set('NetworkPolicy/order-service', 'spec.ingress.+', { ports: [{ port: 5001 }] })], 'CAFE063', 'everybody may connect'],
  ['a connection that nobody declared', [set('NetworkPolicy/kitchen-service', 'spec.ingress.+', { from: [{ podSelector: { matchLabels: { app: 'order-service' } } }] })], 'CAFE063', 'nothing tells it to'],
  ['a service that may go anywhere', [set('NetworkPolicy/order-service', 'spec.egress.+', {})], 'CAFE063', 'may connect to everybody'],
  // rollouts
  ['a rollout that stops all pods', [set(ORDERS, 'spec.strategy.rollingUpdate.maxUnavailable', '100%')], 'CAFE071', '100% of 2 pods'],
  ['a rollout that cannot begin', [set(ORDERS, 'spec.strategy.rollingUpdate.maxSurge', 0)], 'CAFE071', 'no pod could ever be replaced'],
  ['Recreate', [set(ORDERS, 'spec.strategy', { type: 'Recreate' })], 'CAFE071', 'each rollout is an outage'],
  ['a budget that blocks every drain', [unset('PodDisruptionBudget/frontend', 'spec.maxUnavailable'), set('PodDisruptionBudget/frontend', 'spec.minAvailable', 2)], 'CAFE072', 'draining a node waits for ever'],
  ['maxUnavailable: 0', [set('PodDisruptionBudget/frontend', 'spec.maxUnavailable', 0)], 'CAFE072', 'maxUnavailable: 1 and no minAvailable'],
  ['a budget for nobody', [set('PodDisruptionBudget/frontend', 'spec.selector.matchLabels.app', 'front')], 'CAFE073', 'it protects none'],
  ['two budgets for the same pods', [copy('PodDisruptionBudget/frontend', ['metadata.name', 'web'])], 'CAFE073', 'every eviction is refused'],
  ['an autoscaler against fixed replicas', [hpa('{minReplicas: 2, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: order-service}}')], 'CAFE074', 'delete spec.replicas'],
  ['an autoscaler of nobody', [hpa('{minReplicas: 2, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: order-servis}}')], 'CAFE074', 'set the name to order-service'],
  ['more replicas at least than at most', [unset(ORDERS, 'spec.replicas'), hpa('{minReplicas: 4, maxReplicas: 3, scaleTargetRef: {kind: Deployment, name: order-service}}')], 'CAFE074', 'minReplicas is 4'],
  ['pods that must not share a node', [set(ORDERS, `${POD}.affinity.podAntiAffinity`, { requiredDuringSchedulingIgnoredDuringExecution: [{ topologyKey: 'kubernetes.io/hostname', labelSelector: { matchLabels: { app: 'order-service' } } }] })], 'CAFE075', 'stays Pending'],
  ['pods that need a zone', [set(ORDERS, `${POD}.topologySpreadConstraints.0.whenUnsatisfiable`, 'DoNotSchedule')], 'CAFE075', 'ScheduleAnyway'],
  ['a selector that its template does not match', [set(ORDERS, 'spec.selector.matchLabels.app', 'orders')], 'CAFE076', 'the API server refuses the object'],
  ['a selector with the version', [set(ORDERS, 'spec.selector.matchLabels.version', '1.0.0'), set(ORDERS, 'spec.template.metadata.labels.version', '1.0.0')], 'CAFE076', 'take version out of the selector'],
  ['two Deployments with one selector', [copy(ORDERS, ['metadata.name', 'order-worker'])], 'CAFE076', 'also picks the pods of'],
  ['a StatefulSet without its headless Service', [add('{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: q, namespace: cafe-lumiere}, spec: {serviceName: q, selector: {matchLabels: {app: q}}, template: {metadata: {labels: {app: q}}, spec: {containers: [{name: q, image: "q:1"}]}}}}')], 'CAFE077', 'clusterIP: None'],
  ['a Service over two programs', [set(ORDERS, 'spec.template.metadata.labels.tier', 'api'), set(KITCHEN, 'spec.template.metadata.labels.tier', 'api'), set('Service/order-service', 'spec.selector', { tier: 'api' })], 'CAFE078', 'requests for one reach the other'],
  // Pod Security
  ['root', [set(ORDERS, `${POD}.securityContext.runAsUser`, 0)], 'CAFE081', '0, root'],
  ['nobody says non-root', [unset(ORDERS, `${POD}.securityContext.runAsNonRoot`)], 'CAFE081', 'securityContext.runAsNonRoot'],
  ['an init container that may escalate', [unset(ORDERS, `${POD}.initContainers.0.securityContext.allowPrivilegeEscalation`)], 'CAFE081', 'initContainers[wait-for-postgres]'],
  ['no seccomp profile', [unset(FRONTEND, `${POD}.securityContext.seccompProfile`)], 'CAFE081', 'RuntimeDefault'],
  ['capabilities that stay', [set(FRONTEND, `${C}.securityContext.capabilities.drop`, ['NET_RAW'])], 'CAFE081', 'set capabilities.drop to [ALL]'],
  ['a capability that is added', [set(FRONTEND, `${C}.securityContext.capabilities.add`, ['SYS_ADMIN'])], 'CAFE081', 'delete SYS_ADMIN'],
  ['a privileged container', [set(FRONTEND, `${C}.securityContext.privileged`, true)], 'CAFE081', 'set privileged to false'],
  ['a folder of the node', [set(FRONTEND, `${POD}.volumes`, [{ name: 'logs', hostPath: { path: '/var/log' } }])], 'CAFE081', 'hostPath'],
  ['a port of the node', [set(FRONTEND, `${C}.ports.0.hostPort`, 80)], 'CAFE081', 'two pods of one node'],
  ['the network of the node', [set(FRONTEND, `${POD}.hostNetwork`, true)], 'CAFE081', 'delete hostNetwork'],
  // images
  ['latest', [set(FRONTEND, `${C}.image`, 'localhost:5001/cafe-lumiere/frontend:latest')], 'CAFE086', 'localhost:5001/cafe-lumiere/frontend:1.0.0'],
  ['no tag behind a port', [set(FRONTEND, `${C}.image`, 'localhost:5001/cafe-lumiere/frontend')], 'CAFE086', 'has no tag and so means latest'],
  ['half a digest', [set(FRONTEND, `${C}.image`, 'frontend@sha256:abc')], 'CAFE086', '64 hexadecimal digits'],
  ['latest in an init container', [set(ORDERS, `${POD}.initContainers.0.image`, 'busybox:latest')], 'CAFE086', 'initContainers[wait-for-postgres].image'],
  // passwords
  ['a Secret with its value, outside of development', [unset('Secret/cafe-secrets', 'metadata.annotations')], 'CAFE091', 'base64 is no encryption'],
  ['a waiver without a reason', [set('Secret/cafe-secrets', 'metadata.annotations.[cafe-check/waive.CAFE091]', ' ')], 'CAFE091', 'kubectl create secret'],
  ['a password in the environment', [set(ORDERS, `${C}.env.7`, { name: 'DB_PASSWORD', value: 'geheim' })], 'CAFE092', 'valueFrom.secretKeyRef'],
  ['a password in the ConfigMap', [set('ConfigMap/cafe-config', 'data.DB_PASSWORD', 'geheim')], 'CAFE092', 'move DB_PASSWORD to a Secret'],
  ['a password inside a URL', [set(ORDERS, `${C}.env.+`, { name: 'DATABASE_URL', value: 'postgres://cafe:geheim@cafe-lumiere-postgresql:5432/cafe_lumiere' })], 'CAFE092', 'env[DATABASE_URL].value'],
  ['two passwords', [inChart('values.yaml', 'password: cafe-lumiere-development', 'password: another')], 'CAFE093', 'two copies differ sooner or later'],
  // what kubectl and the API server refuse
  ['a number in a ConfigMap', [set('ConfigMap/cafe-config', 'data.DB_PORT', 5432)], 'CAFE100', '"5432", in quotes'],
  ['replicas in quotes', [set(ORDERS, 'spec.replicas', '2')], 'CAFE100', 'spec.replicas'],
  ['a number in the environment', [set(ORDERS, `${C}.env.0.value`, 5001)], 'CAFE100', '"5001", in quotes'],
  ['a values file beside the manifests', [knowing({ unreadable: [{ source: 'dist/values.yaml', problem: 'a document has no kind' }] })], 'CAFE101', 'move dist/values.yaml into a folder below'],
  ['a kustomization beside the manifests', [add('{apiVersion: kustomize.config.k8s.io/v1beta1, kind: Kustomization}')], 'CAFE101', 'apply it with -k'],
  ['a name with an underscore', [copy('ConfigMap/cafe-config', ['metadata.name', 'cafe_config'])], 'CAFE102', 'rename it to cafe-config'],
  ['a Service that begins with a digit', [copy('Service/order-service', ['metadata.name', '2orders'])], 'CAFE102', 'beginning with a letter'],
  ['a label that is too long', [set(ORDERS, 'metadata.labels.note', 'x'.repeat(64))], 'CAFE102', 'belong into annotations'],
  ['the same object twice', [copy('Service/order-service')], 'CAFE103', 'overwrites the first without a word'],
  ['an object without a namespace', [unset('ConfigMap/cafe-config', 'metadata.namespace')], 'CAFE104', 'set metadata.namespace to cafe-lumiere'],
  ['a selector that was another one', [previous('{apiVersion: apps/v1, kind: Deployment, metadata: {name: order-service, namespace: cafe-lumiere}, spec: {selector: {matchLabels: {app: orders}}}}')], 'CAFE105', 'field is immutable'],
  ['a Secret of another type', [previous('{apiVersion: v1, kind: Secret, metadata: {name: cafe-secrets, namespace: cafe-lumiere}, type: kubernetes.io/basic-auth}')], 'CAFE105', 'kubernetes.io/basic-auth'],
  ['a Secret that is not base64', [set('Secret/cafe-secrets', 'data.DB_PASSWORD', 'not base64!')], 'CAFE106', 'move DB_PASSWORD to stringData'],
];

test('our own output has no finding, and one waiver', () => {
  const { findings, waived, foreign } = reportAfter();
  expect(findings.map(findingText)).toEqual([]);
  expect(waived.map(({ finding, reason }) => `${finding.id}: ${reason}`)).toEqual([
    'CAFE091: a development password, for a cluster of your own',
  ]);
  expect(foreign).toEqual([]);
});

test.each(cases)('%s', (_name, mutations, id, words) => {
  const found = reportAfter(...mutations).findings.filter((finding) => finding.id === id);
  expect(found).not.toEqual([]);
  const [first] = found.map(findingText).filter((text) => text.includes(words));
  expect(first ?? found.map(findingText).join('\n')).toContain(words);
  expect(first).toMatchSnapshot();
});
