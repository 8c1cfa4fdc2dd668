export { errorMessage } from './network-error.js';
export { rivalConnections } from './rival-connections.js';
