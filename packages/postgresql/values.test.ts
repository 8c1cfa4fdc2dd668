import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { z } from 'zod';
import { valuesSchema, valuesTable, valuesYaml } from './documented-values.js';
import { postgresqlValues } from './values.js';

const standard = postgresqlValues.parse({});

/** Paths such as `primary.pdb.create` of everything that is no object with members of ours. */
function leaves(schema: unknown, path: readonly string[] = []): string[] {
  const { properties } = z
    .looseObject({ properties: z.record(z.string(), z.unknown()).optional() })
    .parse(schema);
  if (!properties) return [path.join('.')];
  return Object.entries(properties).flatMap(([name, inner]) => leaves(inner, [...path, name]));
}

describe('the values', () => {
  test('are all read by a template: a value that does nothing is a lie', () => {
    const folder = new URL('templates/', import.meta.url);
    const templates = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
      /\.\w+$/.test(name),
    );
    const text = templates.map((name) => readFileSync(new URL(name, folder), 'utf8')).join('\n');
    // For the parent chart of a subchart; see their descriptions.
    const forOthers = ['global', 'enabled'];
    // Read as a whole, by `toYaml` or `with`.
    const asWhole = [
      'image.',
      'metrics.image.',
      'primary.resources.',
      'backup.cronjob.resources.',
      'metrics.resources.',
      'postgresqlConfiguration.',
    ];
    const unread = leaves(valuesSchema())
      .filter((path) => !forOthers.includes(path))
      .filter((path) => {
        const whole = asWhole.find((prefix) => path.startsWith(prefix));
        if (whole === 'image.')
          return !text.includes(`.Values.${path}`) && !text.includes(`.${path.slice(whole.length)} }}`);
        return !text.includes(`.Values.${whole?.slice(0, -1) ?? path}`);
      });
    expect(unread).toEqual([]);
  });

  test('stand in values.yaml, each with what it is for', () => {
    const yaml = valuesYaml(standard);
    expect(parse(yaml)).toEqual(standard);
    expect(yaml).toContain('# The claim’s size\n    size: 8Gi');
    expect(yaml).toContain('# Major version and distribution');
  });

  test('stand in the table, each with its default', () => {
    const table = valuesTable(standard);
    for (const path of leaves(valuesSchema())) expect(table).toContain(`| \`${path}\` |`);
    expect(table).toContain(
      '| `image.tag` | Major version and distribution; both matter to data that exist. "latest" is refused | `"17-trixie"` |',
    );
  });

  test('given in part keep the rest of the configuration', () => {
    const { postgresqlConfiguration } = postgresqlValues.parse({
      postgresqlConfiguration: { max_connections: 50, 'auto_explain.log_analyze': true },
    });
    expect(postgresqlConfiguration).toEqual({
      max_connections: 50,
      shared_buffers: '128MB',
      'auto_explain.log_analyze': true,
    });
  });
});
