import { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { expect, test } from '@jest/globals';
import { criticalityOf } from './criticality.js';

test.each([
  ['GET', '/', 'sheddable'],
  ['GET', '/?again=1', 'sheddable'],
  ['POST', '/', 'usual'],
  ['POST', '/api/orders', 'usual'],
  ['GET', '/orders/ORD-1', 'usual'],
  ['GET', '/assets/order.js', 'usual'],
  ['GET', '/kitchen', 'critical'],
  ['POST', '/kitchen/orders/ORD-1/start', 'critical'],
  ['POST', '/api/kitchen/orders/ORD-1/start', 'critical'],
  ['GET', '/api/kitchen/events', 'critical'],
  ['POST', '/staff', 'critical'],
  ['GET', '/kitchenette', 'usual'],
] as const)('%s %s is %s', (method, url, criticality) => {
  const request = Object.assign(new IncomingMessage(new Socket()), { method, url });
  expect(criticalityOf(request)).toBe(criticality);
});
