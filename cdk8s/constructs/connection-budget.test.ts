import { describe, expect, test } from '@jest/globals';
import { connectionBudgetProblem } from './connection-budget.js';

const client = (name: string, replicas: number, poolMax: number) => ({
  peer: { name, podLabels: { app: name } },
  replicas,
  poolMax,
});

describe('the connection budget', () => {
  test('counts the pod that a rollout adds, and each pod’s listener', () => {
    // (2 + 1) × (8 + 1) = 27, and 100 − 3 − 5 = 92 are there.
    expect(connectionBudgetProblem([client('order-service', 2, 8)], 35)).toBeUndefined();
    expect(connectionBudgetProblem([client('order-service', 2, 8)], 34)).toBe(
      '27 connections are needed, 26 are there: order-service (2 + 1 pods) × (8 + 1) = 27; ' +
        'max_connections 34 − 3 reserved − 5 for operators = 26. ' +
        'Lower poolMax or replicas, or raise maxConnections to at least 35.',
    );
  });

  test('adds the clients up', () => {
    const clients = [client('order-service', 5, 8), client('kitchen-service', 5, 8)];
    expect(connectionBudgetProblem(clients, 115)).toContain('108 connections are needed, 107 are there');
    expect(connectionBudgetProblem(clients, 116)).toBeUndefined();
  });
});
