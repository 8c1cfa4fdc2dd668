export { hedged } from './hedge.js';
export { ask, passOn, send } from './pass-on.js';
export { type RawAnswer, type UpstreamAnswer, type UpstreamRequest } from './upstream-call.js';
export { Upstream } from './upstream.js';
