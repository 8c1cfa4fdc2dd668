import type { ServiceDeclaration } from '@cafe-lumiere/contract';
import type { EnvironmentVariable } from './environment-variable.js';
import type { StoreEdge } from './store-edge.js';

/** What fills a variable of each source. */
const FILLED_BY = {
  call: (name: string) => `a call: calls(…, { env: '${name}' })`,
  secret: (name: string) => `a Secret: secrets: { ${name}: { secret: '…' } }`,
  value: (name: string) => `a value: values: { ${name}: … }`,
  timeout: (name: string) => `the timeout of its call, ${name}`,
} as const;

/**
 * What a declaration reads and nothing gives it, each with the way to give it.
 *
 * @returns the problems in words
 */
export function unfilledVariables(
  { name, reads, stores }: ServiceDeclaration,
  variables: readonly EnvironmentVariable[],
  storeEdges: readonly StoreEdge[],
): string[] {
  const filled = new Set(variables.map((variable) => variable.name));
  const connected = new Set(storeEdges.map(({ prefix }) => prefix));
  return [
    ...Object.entries(reads).flatMap(([variable, { required, source }]) =>
      required && !filled.has(variable)
        ? [
            `${name} reads ${variable}, and nothing fills it: its pods would end at their start. Give it ${FILLED_BY[source](variable)}, or take it out of the declaration.`,
          ]
        : [],
    ),
    ...Object.keys(stores).flatMap((prefix) =>
      connected.has(prefix)
        ? []
        : [
            `${name} keeps data in the store ${prefix}, and nothing connects it. Add connects(…, { as: '${prefix}' }), or take it out of the declaration.`,
          ],
    ),
  ];
}
