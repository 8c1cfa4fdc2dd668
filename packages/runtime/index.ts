export {
  ConfigurationError,
  ConfigurationReader,
  EX_CONFIG,
  type Environment,
  type StoreConfig,
} from './config.js';
export { type Deadline, DeadlineError, beforeDeadline } from './deadline.js';
export { type Logger, createLog } from './log.js';
export {
  implementService,
  runService,
  type RunningService,
  type ServiceContext,
  type ServiceImplementation,
  type ServiceParts,
  startService,
} from './service.js';
export { UnavailableError } from './unavailable.js';
