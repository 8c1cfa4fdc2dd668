export {
  type Api,
  type Audience,
  defineApi,
  type Operation,
  type OperationAnswer,
  type ParameterName,
} from './api.js';
export {
  CLIENT_TIMEOUT,
  CONNECTIONS,
  EXTERNAL,
  LIVENESS_REACHES,
  READINESS_REACHES,
  WAIVE,
} from './annotations.js';
export {
  connectionBudgetProblem,
  type DatabaseClient,
  EXPORTER,
  HEADROOM,
  OUTSIDE_POOL,
  RESERVED,
} from './connection-budget.js';
export {
  declareForeignService,
  declareService,
  type ForeignService,
  GATE_PROGRAM,
  type ImageContents,
  type NamesOf,
  type RuntimeService,
  type ServiceDeclaration,
} from './declaration.js';
export { HEADERS } from './headers.js';
export { CLIENT_KEEP_ALIVE_MS, SERVER_KEEP_ALIVE_MS } from './keep-alive.js';
export { containerPortsOf, type DeclaredPorts, OPERATIONS_PORT, PORT_NAMES } from './ports.js';
export { HEALTH_PATH, PROBE_PATHS, type ProbeHandler, type Probes, RUNTIME_PROBES } from './probes.js';
export { GATE_VARIABLES, LOG_LEVELS, RUNTIME_VARIABLES } from './runtime-variables.js';
export {
  postgres,
  runtimeStoreNames,
  SSL_MODES,
  STORE_VARIABLES,
  type StoreDeclaration,
  type Stores,
  type StoreVariableNames,
  storeVariableNames,
} from './store.js';
export {
  type AddressForm,
  calls,
  type CallVariable,
  type ConfigOf,
  count,
  host,
  listenPort,
  milliseconds,
  oneOf,
  optionalUrl,
  optionalSecret,
  port,
  type Reading,
  secret,
  seconds,
  share,
  text,
  timeoutOf,
  type TimeoutVariable,
  type ValueOf,
  type Variable,
  type Variables,
  type VariableSource,
} from './variable.js';
