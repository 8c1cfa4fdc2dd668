import { describe, expect, test } from '@jest/globals';
import { ownersOfReplicas, writes, writesOfOthers } from './writes.js';

const NOON = '2026-01-01T12:00:00Z';
const LATER = '2026-01-01T12:00:01Z';
const entry = (manager: string, subresource = '', time = NOON, fieldsV1 = {}) => ({
  manager,
  subresource,
  time,
  fieldsV1,
});
const deployment = (generation: number, ...managedFields: readonly ReturnType<typeof entry>[]) => ({
  kind: 'Deployment',
  metadata: { name: 'frontend', resourceVersion: '1', generation, managedFields: [...managedFields] },
  status: {},
});
const before = [deployment(1, entry('flux'), entry('controller', 'status'))];

describe('what was written', () => {
  test('is not a status', () => {
    const after = [deployment(1, entry('flux'), entry('controller', 'status', LATER))];
    expect([...writes(before, after), ...writesOfOthers(before, after)]).toEqual([]);
  });

  test('is found when it is there and back again, and says by whom', () => {
    const after = [deployment(3, entry('flux', '', LATER), entry('controller', 'status'))];
    expect(writes(before, after)).toEqual([`Deployment frontend: 1 flux at ${NOON} -> 3 flux at ${LATER}`]);
    expect(writesOfOthers(before, after)).toHaveLength(1);
  });

  test('by an autoscaler is no other’s, nor are the pods that it makes', () => {
    const pod = { kind: 'Pod', metadata: { name: 'frontend-1', resourceVersion: '7', managedFields: [] } };
    const after = [deployment(2, entry('flux'), entry('controller', 'scale', LATER)), pod];
    expect(writesOfOthers(before, after)).toEqual([]);
    expect(writes(before, after)).toHaveLength(2);
  });

  test('of what has no status is found by its version', () => {
    const secret = (resourceVersion: string) => [
      { kind: 'Secret', metadata: { name: 'cafe-secrets', resourceVersion, managedFields: [entry('flux')] } },
    ];
    expect(writes(secret('1'), secret('2'))).toHaveLength(1);
    expect(writes(secret('1'), secret('1'))).toEqual([]);
  });

  test('says who owns the number of pods', () => {
    const owned = deployment(
      1,
      entry('flux', '', NOON, { 'f:spec': { 'f:template': {} } }),
      entry('kube-controller-manager', 'scale', NOON, { 'f:spec': { 'f:replicas': {} } }),
    );
    expect(ownersOfReplicas([owned])).toEqual(['frontend: kube-controller-manager/scale']);
  });
});
