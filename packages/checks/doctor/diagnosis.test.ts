import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { doctorCommand } from './doctor-command.js';
import { diagnose } from './diagnosis.js';
import { readBundle } from './reading/bundle.js';
import type { Reading } from './reading/reading.js';

// Bundles that `make e2e-doctor RECORD=1` made of faults on a real cluster.

const FOLDER = fileURLToPath(new URL('fixtures', import.meta.url));
const NAMES = readdirSync(FOLDER)
  .map((file) => file.replace(/\.json\.gz$/, ''))
  .sort();
const bundle = (name: string): Reading => readBundle(`${FOLDER}/${name}.json.gz`);
const codes = (reading: Reading): readonly string[] =>
  diagnose(reading).roots.map(({ code, verdict }) => `${code} ${verdict}`);

/** The same reading by somebody without the right to read these kinds. */
const without = (reading: Reading, ...kinds: readonly string[]): Reading => ({
  ...reading,
  objects: reading.objects.filter(({ kind }) => !kinds.includes(String(kind))),
  logs: kinds.includes('Log') ? [] : reading.logs,
  unseen: [
    ...reading.unseen,
    ...reading.namespaces.flatMap((namespace) =>
      kinds.map((kind) => ({ kind, namespace, missing: `list ${kind} -n ${namespace}` })),
    ),
  ],
});

describe.each(NAMES)('%s', (name) => {
  test('is told from what follows from it', async () => {
    const { output, status } = await doctorCommand([`${FOLDER}/${name}.json.gz`]);
    expect(output).toMatchSnapshot();
    expect(status).toBe(/^healthy|-well$/.test(name) ? 0 : 1);
  });

  test('is answered without Secrets and logs, and nothing that is there is called absent', () => {
    const seen = new Set(codes(bundle(name)));
    const blind = codes(without(bundle(name), 'Secret', 'ConfigMap', 'Service', 'Log'));
    expect(blind.filter((each) => each.endsWith(' proven') && !seen.has(each))).toEqual([]);
  });

  test('holds no value of a Secret and no password', () => {
    const text = JSON.stringify(bundle(name));
    expect(text).not.toMatch(/of-the-client|of-the-store|of-the-volume|b2YtdGhl/);
    expect(text).not.toMatch(/last-applied-configuration|managedFields/);
  });
});

test('without its log, a program that ends is not explained', () => {
  const reading = bundle('store-crashes');
  expect(codes(reading)).toEqual(['CAFE251 proven']);
  expect(codes(without(reading, 'Log'))).toContain('CAFE251 cannot tell');
});

test('whoever may only view is told which rights are missing, and gets the answer that needs none of them', () => {
  const { roots, unseen, unprobed } = diagnose(bundle('only-view'));
  expect(roots).toMatchObject([{ code: 'CAFE231', verdict: 'proven' }]);
  expect(unseen.map(({ missing }) => missing)).toEqual(
    expect.arrayContaining(['list nodes', 'list secrets -n doctor-only-view']),
  );
  expect(unprobed).toEqual([expect.stringContaining('create pods/exec -n doctor-only-view')]);
});

test('a rollout that is under way is no fault, and one that is late is', () => {
  const reading = bundle('readiness-path');
  const early = { ...reading, takenAt: earliest(reading) };
  expect(diagnose(early)).toMatchObject({ roots: [], progress: [expect.stringContaining('1 start')] });
  expect(codes(reading)).toEqual(['CAFE262 proven']);
});

/** The store is there since so many milliseconds, and who asks it says this. */
function withStore(milliseconds: number, line?: string): Reading {
  const reading = bundle('store-crashes');
  const readyAt = new Date(Date.parse(reading.takenAt) - milliseconds).toISOString();
  return {
    ...reading,
    logs: reading.logs.flatMap((log) =>
      log.container === 'store' ? [] : [{ ...log, lines: line === undefined ? log.lines : [line] }],
    ),
    objects: reading.objects.map((object) => {
      const { name } = object['metadata'] as { readonly name: string };
      if (object['kind'] !== 'Pod' || !name.startsWith('store-')) return object;
      const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: readyAt }];
      const containerStatuses = [{ name: 'store', ready: true, state: { running: { startedAt: readyAt } } }];
      return { ...object, status: { phase: 'Running', conditions, containerStatuses } };
    }),
  };
}

test('what failed before the store came is no fault yet, and what fails long after is', () => {
  expect(codes(withStore(10_000))).toEqual([]);
  expect(codes(withStore(90_000))).toEqual(['CAFE275 cannot tell']);
});

test('what a program says of others in words that nobody knows is not proven', () => {
  expect(codes(withStore(90_000, 'cart: store said goodbye'))).toEqual(['CAFE251 likely']);
  expect(codes(withStore(90_000, 'cart: upstream connection lost'))).toEqual(['CAFE251 likely']);
  expect(codes(withStore(90_000, 'cart: the price is no number'))).toEqual(['CAFE251 proven']);
});

test('a database that its operator brings up is under way', () => {
  const reading = bundle('operator-catalog-missing');
  const objects = reading.objects.map((object) =>
    object['kind'] === 'Cluster' ? { ...object, status: { phase: 'Setting up primary' } } : object,
  );
  expect(diagnose({ ...reading, objects })).toMatchObject({
    roots: [],
    progress: ['Cluster doctor-operator-catalog-missing/ledger: Setting up primary'],
  });
});

/** A few seconds after the pod's start. */
function earliest({ objects }: Reading): string {
  const pod = objects.find(({ kind }) => kind === 'Pod');
  const { creationTimestamp } = pod?.['metadata'] as { readonly creationTimestamp: string };
  return new Date(Date.parse(creationTimestamp) + 5000).toISOString();
}
