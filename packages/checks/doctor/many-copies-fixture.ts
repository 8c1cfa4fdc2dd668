import type { Reading } from './reading/reading.js';

/** The same reading so many times over, in as many namespaces. */
export const manyCopies = (reading: Reading, count: number): Reading =>
  together([copy(reading, 0), ...Array.from({ length: count - 1 }, (_, index) => copy(reading, index + 1))]);

/** Those of several together, at the time of the first one. */
export const together = (readings: readonly [Reading, ...Reading[]]): Reading => ({
  ...readings[0],
  namespaces: readings.flatMap(({ namespaces }) => namespaces),
  objects: once(readings.flatMap(({ objects }) => objects)),
  logs: readings.flatMap(({ logs }) => logs),
});

function copy(reading: Reading, index: number): Reading {
  const [namespace = ''] = reading.namespaces;
  // The ids of objects are their own in each copy.
  const text = JSON.stringify(reading)
    .replaceAll(namespace, `${namespace}-${index}`)
    .replaceAll(/"uid":"([^"]+)"/g, `"uid":"$1-${index}"`);
  return JSON.parse(text) as Reading;
}

/** Nodes and classes are the same for all. */
function once(objects: Reading['objects']): Reading['objects'] {
  const seen = new Set<string>();
  return objects.filter(({ kind, metadata }) => {
    const { name, namespace } = metadata as Readonly<Record<string, unknown>>;
    const title = JSON.stringify([kind, namespace, name]);
    return !seen.has(title) && Boolean(seen.add(title));
  });
}
