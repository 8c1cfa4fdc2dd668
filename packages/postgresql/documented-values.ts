import { Document, isMap, isScalar } from 'yaml';
import { z } from 'zod';
import { postgresqlValues, type PostgresqlValues } from './values.js';

const property: z.ZodType<Property> = z.lazy(() =>
  z.looseObject({
    description: z.string().optional(),
    properties: z.record(z.string(), property).optional(),
  }),
);

interface Property {
  readonly description?: string | undefined;
  readonly properties?: Readonly<Record<string, Property>> | undefined;
}

let schema: Readonly<Record<string, unknown>> | undefined;
let described: Property | undefined;

/** The schema's words, by value. */
const descriptions = (): Property => (described ??= property.parse(valuesSchema()));

/** What Helm checks every values file with: a name that nobody knows fails, with its path. */
export function valuesSchema(): Readonly<Record<string, unknown>> {
  return (schema ??= writeSchema());
}

function writeSchema(): Readonly<Record<string, unknown>> {
  // "input": whoever writes values may leave out what has a default.
  const written = z.toJSONSchema(postgresqlValues, {
    target: 'draft-7',
    io: 'input',
    // values.yaml says what is the default: it may be another than the one in our own schema.
    override: ({ jsonSchema }) => {
      delete jsonSchema.default;
    },
  });
  return {
    ...written,
    title: 'Values of the chart postgresql',
    $comment: 'Generated from @cafe-lumiere/postgresql, values.ts; change it there.',
  };
}

/** values.yaml, each value with what it is for. */
export function valuesYaml(values: PostgresqlValues): string {
  const document = new Document(values);
  comment(document.contents, descriptions());
  return document.toString({ lineWidth: 0 });
}

function comment(node: unknown, schema: Property): void {
  if (!isMap(node)) return;
  for (const pair of node.items) {
    if (!isScalar(pair.key) || typeof pair.key.value !== 'string') continue;
    const described = schema.properties?.[pair.key.value];
    if (described?.description !== undefined) pair.key.commentBefore = ` ${described.description}`;
    if (described) comment(pair.value, described);
  }
}

/** The README's table: every value by its path, with its default in this copy of the chart. */
export function valuesTable(values: PostgresqlValues): string {
  const rows = leaves(descriptions(), values, []);
  return ['| value | what it is | default |', '| --- | --- | --- |', ...rows].join('\n');
}

function leaves(schema: Property, value: unknown, path: readonly string[]): string[] {
  if (schema.properties === undefined) {
    const shown = value === undefined ? '' : `\`${JSON.stringify(value)}\``;
    return [`| \`${path.join('.')}\` | ${(schema.description ?? '').replaceAll('|', '\\|')} | ${shown} |`];
  }
  const members = z.record(z.string(), z.unknown()).parse(value ?? {});
  return Object.entries(schema.properties).flatMap(([name, inner]) =>
    leaves(inner, members[name], [...path, name]),
  );
}
