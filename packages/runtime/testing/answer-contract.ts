import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { z } from 'zod';

/** What is checked of an answer. */
export interface CheckedAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

const content = z.record(z.string(), z.object({ schema: z.unknown().optional() }));
const document = z.object({
  paths: z.record(
    z.string(),
    z.record(z.string(), z.object({ responses: z.record(z.string(), z.object({ content })) })),
  ),
  components: z.object({ schemas: z.record(z.string(), z.unknown()) }),
});

/** What a service's OpenAPI document promises of its answers, for tests: every answer that they see is held to it. */
export class AnswerContract {
  /** Reads the document of the service whose operations port is at this address. */
  static async of(url: string): Promise<AnswerContract> {
    const response = await fetch(`${url}/openapi.json`);
    return new AnswerContract(await response.json());
  }

  // Without the schema of schemas: an OpenAPI document is none, and compiling it took longer than all answers.
  private readonly ajv = new Ajv2020({ strict: false, allErrors: true, meta: false, validateSchema: false });
  private readonly validators = new Map<string, ValidateFunction>();
  private readonly paths: z.output<typeof document>['paths'];

  private constructor(read: unknown) {
    const { paths } = document.parse(read);
    this.paths = paths;
    // As one schema, so that references into it are found.
    this.ajv.addSchema(z.record(z.string(), z.unknown()).parse(read), 'document');
  }

  /** @throws Error that says what was answered and what was promised */
  check(method: string, path: string, { status, headers, text }: CheckedAnswer): void {
    const type = (headers.get('content-type') ?? '').replace(/;.*$/, '');
    const [template, operation] = this.find(method, path);
    const at = `${method} ${path}: ${status} ${type}`;
    // Pages and files are no part of the API; a problem is one everywhere.
    if (!operation) {
      if (type === 'application/problem+json') this.validate('#/components/schemas/Problem', at, text);
      return;
    }
    const promised = operation.responses[status];
    if (!promised) {
      const statuses = Object.keys(operation.responses).join(', ');
      throw new Error(`${at}; the document promises ${statuses}. The answer was: ${text}`);
    }
    if (!(type in promised.content)) {
      throw new Error(`${at}; the document promises ${Object.keys(promised.content).join(', ')}`);
    }
    if (promised.content[type]?.schema === undefined) return;
    const pointer = ['paths', template, method.toLowerCase(), 'responses', status, 'content', type, 'schema'];
    this.validate(`#/${pointer.map((part) => encode(String(part))).join('/')}`, at, text);
  }

  private validate(pointer: string, at: string, text: string): void {
    const validator = this.validators.get(pointer) ?? this.ajv.compile({ $ref: `document${pointer}` });
    this.validators.set(pointer, validator);
    if (validator(JSON.parse(text))) return;
    throw new Error(`${at} is not as documented: ${this.ajv.errorsText(validator.errors)} in ${text}`);
  }

  private find(method: string, path: string) {
    const { pathname } = new URL(path, 'http://localhost');
    for (const [template, operations] of Object.entries(this.paths)) {
      const pattern = new RegExp(`^${template.replace(/\{\w+\}/g, '[^/]+')}$`);
      const operation = operations[method.toLowerCase()];
      if (operation && pattern.test(pathname)) return [template, operation] as const;
    }
    return [path, undefined] as const;
  }
}

/** As a part of a JSON pointer in a URI. */
const encode = (part: string): string => encodeURIComponent(part.replaceAll('~', '~0').replaceAll('/', '~1'));
