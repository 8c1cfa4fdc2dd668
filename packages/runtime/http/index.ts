export { deadlineOf, loggedOf, spanOf } from './caller.js';
export { clientNetwork } from './client-address.js';
export { type Handler, type Handlers, type OperationRequest } from './operations.js';
export type { Criticality, CriticalityOf } from './overload/criticality.js';
export { type FieldError, Problem, problemBody } from './problem.js';
export { type RawBody, rawBody, validForm } from './request-body.js';
export type { Admit, AdmittedRoute, PathParameters, Route } from './route.js';
