import { describe, expect, test } from '@jest/globals';
import { checkDnsLabel, checkPort } from './names.js';

describe('a DNS label', () => {
  test.each(['a', 'order-service', 'x'.repeat(63), '1st'])('takes %s', (name) => {
    expect(checkDnsLabel('café/x', name)).toBe(name);
  });

  test('names the construct, the name and a better one', () => {
    expect(() => checkDnsLabel('deployments/Order_Service', 'Order_Service')).toThrow(
      'deployments/Order_Service: the name "Order_Service" is not a DNS label (1 to 63 of a-z, 0-9 and "-", not at an end). Did you mean "order-service"?',
    );
  });

  test.each(['', '-a', 'a-', 'a.b', 'x'.repeat(64)])('refuses "%s"', (name) => {
    expect(() => checkDnsLabel('café/x', name)).toThrow('is not a DNS label');
  });
});

describe('a port', () => {
  test.each([0, 65_536, 80.5, Number.NaN, -1])('refuses %s', (port) => {
    expect(() => checkPort('deployments/frontend', 'expose.port', port)).toThrow(
      `deployments/frontend: expose.port is ${port}; a TCP port is a whole number from 1 to 65535.`,
    );
  });

  test.each([1, 80, 65_535])('takes %s', (port) => {
    expect(checkPort('café/x', 'port', port)).toBe(port);
  });
});
