import { expect, test } from '@jest/globals';
import { portProblem } from './ports.js';

test('a service has its own port and further ones', () => {
  expect(portProblem({ port: 8080, ports: { metrics: 9090, 'grpc-2': 9000 } })).toBeUndefined();
});

test.each<[Readonly<Record<string, number>>, string]>([
  [{ metrics: 0 }, 'metrics is 0; a TCP port is a whole number from 1 to 65535.'],
  [{ metrics: 8080 }, 'metrics is 8080, which is its port already. Choose another number.'],
  [{ metrics: 9090, health: 9090 }, 'health is 9090, which is its metrics already. Choose another number.'],
  [{ http: 9090 }, 'http is the name of its own port. Choose another name in ports.'],
  [{ Metrics: 9090 }, '"Metrics" is no name of a port; it is 1 to 15 of a-z, 0-9 and "-", with a letter.'],
  [{ 'metrics-of-the-till': 9090 }, '"metrics-of-the-till" is no name of a port'],
])('%j is refused', (ports, problem) => {
  expect(portProblem({ port: 8080, ports })).toContain(problem);
});
