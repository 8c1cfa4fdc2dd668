export { EventHub } from './event-hub.js';
export { EventRelay } from './event-relay.js';
export { readEvents } from './server-sent-events.js';
