export { errorMessage } from './network-error.js';
export { racingConnector } from './racing-connector.js';
