import { STATUS_CODES } from 'node:http';
import type { Api, Operation, OperationAnswer } from '@cafe-lumiere/contract';
import { z } from 'zod';
import { problemBody } from './problem.js';

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
export function openApiDocument(info: OpenApiInfo, api: Api): JsonObject {
  const paths: Record<string, Record<string, JsonObject>> = {};
  for (const [name, operation] of Object.entries(api)) {
    const path = operation.path.replace(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [operation.method]: describe(name, operation) };
  }
  return {
    openapi: '3.1.0',
    info,
    paths,
    components: { schemas: { Problem: jsonSchema(problemBody, 'output') } },
  };
}

function describe(
  operationId: string,
  { summary, path, query, body, headers, answer, problems }: Operation,
): JsonObject {
  return {
    operationId,
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
        content: contentOf(answer),
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

function contentOf(answer: OperationAnswer): JsonObject {
  if ('schema' in answer) return { 'application/json': { schema: jsonSchema(answer.schema, 'output') } };
  return { ['event' in answer ? 'text/event-stream' : answer.contentType]: {} };
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
