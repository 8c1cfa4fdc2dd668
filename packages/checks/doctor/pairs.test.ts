import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from '@jest/globals';
import { diagnose } from './diagnosis.js';
import { readBundle } from './reading/bundle.js';
import type { Reading } from './reading/reading.js';

// Two of the recorded faults, looked at together as if they had been there at one time, stay two answers: each with the next
// ones here. All of them with all others take half a minute, and were right once as well.

const FOLDER = fileURLToPath(new URL('fixtures', import.meta.url));
/** What concerns the nodes or the network concerns everybody. */
const OF_EVERYBODY =
  /^(?:all-nodes|dns-|node-|way|large|works-after|policy-tried|only-view|two-at-once|does-not-go|.*-and-)/;
const NEXT = 6;
const ALL = readdirSync(FOLDER)
  .filter((file) => !OF_EVERYBODY.test(file))
  .map((file): readonly [string, Reading] => [
    file.replace(/\.json\.gz$/, ''),
    atNoon(readBundle(`${FOLDER}/${file}`)),
  ]);

/** The same, with all its times moved so that it was read at one moment. */
function atNoon(reading: Reading): Reading {
  const moved = Date.parse('2026-01-01T12:00:00Z') - Date.parse(reading.takenAt);
  const text = JSON.stringify(reading).replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, (time) =>
    new Date(Date.parse(time) + moved).toISOString(),
  );
  return JSON.parse(text) as Reading;
}

function together(left: Reading, right: Reading): Reading {
  const isOwn = ({ metadata }: Readonly<Record<string, unknown>>): boolean => {
    const { namespace, name } = metadata as Readonly<Record<string, string>>;
    return right.namespaces.includes(namespace ?? '') || right.namespaces.includes(name ?? '');
  };
  return {
    ...left,
    namespaces: [...left.namespaces, ...right.namespaces],
    objects: [...left.objects, ...right.objects.filter(isOwn)],
    logs: [...left.logs, ...right.logs],
    probes: [...(left.probes ?? []), ...(right.probes ?? [])],
  };
}

const rootsOf = (reading: Reading): readonly string[] =>
  diagnose(reading)
    .roots.map(({ code, sentence }) => `${code} ${sentence}`)
    .sort();

/** Of one fault: each of them stands beside a dozen others. */
const seen = new Map<Reading, readonly string[]>();
function alone(reading: Reading): readonly string[] {
  const roots = seen.get(reading) ?? rootsOf(reading);
  seen.set(reading, roots);
  return roots;
}

test.each(ALL.map(([name], index) => [name, index] as const))('%s and the next ones', (_name, index) => {
  const [, left] = ALL[index] ?? [];
  if (!left) throw new Error('there is no such fault');
  const others = [...ALL, ...ALL].slice(index + 1, index + 1 + NEXT);
  const said = others.map(([other, right]) => [other, rootsOf(together(left, right))]);
  expect(said).toEqual(others.map(([other, right]) => [other, [...alone(left), ...alone(right)].sort()]));
});
