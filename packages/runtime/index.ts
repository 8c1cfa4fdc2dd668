export { type ConfigOf, ConfigurationError, readConfig, variable } from './config.js';
export { type Deadline, beforeDeadline } from './deadline.js';
export { type Logger, createLog } from './log.js';
export { type ServiceContext, defineService, runService } from './service.js';
