export { deadlineOf } from './application.js';
export { Operations } from './operations.js';
export { type FieldError, Problem, problemBody } from './problem.js';
export { type RawBody, rawBody, validForm } from './request-body.js';
