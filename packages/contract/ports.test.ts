import { expect, test } from '@jest/globals';
import { containerPortsOf, portProblem } from './ports.js';

test('a service has its own port and further ones', () => {
  const declared = { port: 8080, ports: { metrics: 9090, 'grpc-2': 9000 } };
  for (const operationsPort of [undefined, 9091]) {
    expect(portProblem({ ...declared, operationsPort })).toBeUndefined();
  }
  expect(containerPortsOf({ ...declared, operationsPort: 9091 })).toEqual({
    http: 8080,
    metrics: 9090,
    'grpc-2': 9000,
    operations: 9091,
  });
  // Of a program that is not on the runtime nothing is known but what it says.
  const foreign = { port: 8080, ports: { operations: 9090 }, operationsPort: undefined };
  expect(portProblem(foreign)).toBeUndefined();
  expect(containerPortsOf(foreign)).toEqual({ http: 8080, operations: 9090 });
});

test.each<[Readonly<Record<string, number>>, string]>([
  [{ metrics: 0 }, 'metrics is 0; a TCP port is a whole number from 1 to 65535.'],
  [{ metrics: 8080 }, 'metrics is 8080, which is its port already. Choose another number.'],
  [{ metrics: 9090, health: 9090 }, 'health is 9090, which is its metrics already. Choose another number.'],
  [{ http: 9090 }, 'http is the name of its own port. Choose another name in ports.'],
  [{ Metrics: 9090 }, '"Metrics" is no name of a port; it is 1 to 15 of a-z, 0-9 and "-", with a letter.'],
  [{ 'metrics-of-the-till': 9090 }, '"metrics-of-the-till" is no name of a port'],
])('%j is refused', (ports, problem) => {
  expect(portProblem({ port: 8080, ports, operationsPort: undefined })).toContain(problem);
});

test.each<[number, Readonly<Record<string, number>>, string]>([
  [8080, {}, 'operationsPort is 8080, which is its port already. Choose another number.'],
  [9090, { metrics: 9090 }, 'operationsPort is 9090, which is its metrics already.'],
  [9091, { operations: 9000 }, 'operations is the name of the port for its probes.'],
  [70_000, {}, 'operationsPort is 70000; a TCP port is a whole number from 1 to 65535.'],
])('operations on %i beside %j are refused', (operationsPort, ports, problem) => {
  expect(portProblem({ port: 8080, ports, operationsPort })).toContain(problem);
});
