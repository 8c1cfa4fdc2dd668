import { describe, expect, test } from '@jest/globals';
import { connectionBudgetProblem } from './connection-budget.js';

const client = (name: string, replicas: number, poolMax: number) => ({
  name,
  replicas,
  poolMax,
});

describe('the connection budget', () => {
  test('counts the pod that a rollout adds, and each pod’s listener and check', () => {
    // (2 + 1) × (8 + 2) = 30, and 100 − 3 − 8 = 89 are there.
    expect(connectionBudgetProblem([client('order-service', 2, 8)], 41)).toBeUndefined();
    expect(connectionBudgetProblem([client('order-service', 2, 8)], 40)).toBe(
      '30 connections are needed, 29 are there: order-service (2 + 1 pods) × (8 + 2) = 30; ' +
        'max_connections 40 − 3 reserved − 8 for operators and metrics = 29. ' +
        'Lower poolMax or replicas, or raise maxConnections to at least 41.',
    );
  });

  test('adds the clients up', () => {
    const clients = [client('order-service', 5, 8), client('kitchen-service', 5, 8)];
    expect(connectionBudgetProblem(clients, 130)).toContain('120 connections are needed, 119 are there');
    expect(connectionBudgetProblem(clients, 131)).toBeUndefined();
  });
});
