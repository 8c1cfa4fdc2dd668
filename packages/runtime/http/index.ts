export { deadlineOf } from './application.js';
export { Operations } from './operations.js';
export { type FieldError, Problem, problemBody } from './problem.js';
export { validForm } from './request-body.js';
