import { STATUS_CODES } from 'node:http';
import { z } from 'zod';
import { problemBody } from './problem.js';
import type { DescribedOperation } from './operations.js';

/** Whose document it is. */
export interface OpenApiInfo {
  readonly title: string;
  readonly version: string;
}

type JsonObject = Readonly<Record<string, unknown>>;

const PROBLEM = { $ref: '#/components/schemas/Problem' } as const;

/**
 * The OpenAPI 3.1 document of a service, from the schemas that validate its requests.
 *
 * @see https://spec.openapis.org/oas/v3.1.0
 */
export function openApiDocument(info: OpenApiInfo, operations: readonly DescribedOperation[]): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const operation of operations) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(operation) };
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: { schemas: { Problem: jsonSchema(problemBody, 'output') } },
  };
}

function describe({ summary, path, query, body, headers, answer, problems }: DescribedOperation): JsonObject {
  return {
    summary,
    parameters: [
      ...[...path.matchAll(/:(\w+)/g)].map(([, name = '']) => ({
        name,
        in: 'path',
        required: true,
        schema: { type: 'string' },
      })),
      ...Object.entries(headers ?? {}).map(([name, description]) => ({
        name,
        in: 'header',
        description,
        schema: { type: 'string' },
      })),
      ...(query ? queryParameters(query) : []),
    ],
    ...(body
      ? {
          requestBody: {
            required: true,
            content: { 'application/json': { schema: jsonSchema(body, 'input') } },
          },
        }
      : {}),
    responses: {
      [answer.status]: {
        description: answer.description,
        content: {
          [answer.contentType ?? 'application/json']: answer.schema
            ? { schema: jsonSchema(answer.schema, 'output') }
            : {},
        },
      },
      ...Object.fromEntries(
        problems.map((status) => [
          status,
          {
            description: STATUS_CODES[status] ?? String(status),
            content: { 'application/problem+json': { schema: PROBLEM } },
          },
        ]),
      ),
    },
  };
}

const objectSchema = z.object({
  properties: z.record(z.string(), z.looseObject({ description: z.string().optional() })),
});

function queryParameters(query: z.ZodType): readonly JsonObject[] {
  const { properties } = objectSchema.parse(jsonSchema(query, 'input'));
  return Object.entries(properties).map(([name, { description, ...schema }]) => ({
    name,
    in: 'query',
    ...(description === undefined ? {} : { description }),
    schema,
  }));
}

function jsonSchema(schema: z.ZodType, io: 'input' | 'output'): JsonObject {
  const described = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  // It stands for the whole document: OpenAPI 3.1 is of that dialect.
  delete described.$schema;
  return described;
}
