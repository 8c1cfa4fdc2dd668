export { type ConfigOf, ConfigurationError, readConfig, variable } from './config.js';
export { type Deadline, DeadlineError, beforeDeadline } from './deadline.js';
export { type Logger, createLog } from './log.js';
export { type ServiceContext, defineService, runService } from './service.js';
export { UnavailableError } from './unavailable.js';
