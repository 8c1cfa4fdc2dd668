import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** The service that is added: it counts the points of guests, in a table of its own. */
export const NEW_SERVICE = 'points-service';

const DECLARATION = `import { count, declareService, defineApi, postgres } from '@cafe-lumiere/contract';
import { z } from 'zod';

const points = z.object({ guest: z.string(), points: z.number() });

/** Counts the points of guests. */
export const pointsService = declareService({
  name: '${NEW_SERVICE}',
  port: 5003,
  reads: { POINTS_A_VISIT: count(10) },
  stores: { DB: postgres({ migrations: { owner: '${NEW_SERVICE}', folder: 'migrations' } }) },
  image: {
    programs: { server: './main.ts', 'wait-for-postgres': './wait-for-postgres.ts' },
    folders: ['migrations'],
  },
  api: defineApi({
    addVisit: {
      method: 'post',
      path: '/points/:guest',
      summary: 'Adds the points of a visit.',
      audience: 'services',
      answer: { status: 200, description: 'The points of the guest', schema: points },
      problems: [503],
    },
  }),
});
`;

const SERVER = `import { implementService } from '@cafe-lumiere/runtime';
import { Database, migrate } from '@cafe-lumiere/runtime/database';
import { pointsService } from './declaration.js';
import { VERSION } from '../version.js';

const { migrations } = pointsService.stores.DB;

/** The code of ${NEW_SERVICE}. */
export const pointsServer = implementService(pointsService, {
  version: VERSION,
  create({ name, config, stores, log }) {
    const database = new Database({ ...stores.DB, applicationName: name }, log);
    return {
      handlers: {
        async addVisit(context, { params: { guest } }) {
          const [row] = await database.run(
            (sql) => sql<{ points: number }[]>\`
              insert into points (guest, points) values (\${guest}, \${config.POINTS_A_VISIT})
              on conflict (guest) do update set points = points.points + excluded.points returning points\`,
            { once: () => true },
          );
          context.body = { guest, points: row?.points ?? 0 };
        },
      },
      readiness: [{ name: 'database', check: () => database.check() }],
      start: (signal) =>
        migrate(
          database,
          { ...migrations, folder: new URL(\`./\${migrations.folder}/\`, import.meta.url) },
          log,
          signal,
        ),
      close: () => database.close(),
    };
  },
});
`;

const TEST = `import { PostgresFixture, ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { expect, test } from '@jest/globals';
import { pointsServer } from './points-service.js';

test('points add up', async () => {
  const server = await PostgresFixture.start();
  const service = await ServiceFixture.start(pointsServer, server.environment);
  await service.readyz(200);
  expect((await service.send('POST', '/points/Ada')).body).toEqual({ guest: 'Ada', points: 10 });
  expect((await service.send('POST', '/points/Ada')).body).toEqual({ guest: 'Ada', points: 20 });
  await service.drain();
  await server.remove();
});
`;

/** The folder of the service: all that it needs. */
const FOLDER: Readonly<Record<string, string>> = {
  'declaration.ts': DECLARATION,
  'points-service.ts': SERVER,
  'points-service.test.ts': TEST,
  'main.ts': `import { runService } from '@cafe-lumiere/runtime';\nimport { pointsServer } from './points-service.js';\n\nvoid runService(pointsServer);\n`,
  'wait-for-postgres.ts': `import { waitForPostgres } from '@cafe-lumiere/runtime/database';\nimport { pointsService } from './declaration.js';\n\nawait waitForPostgres(pointsService);\n`,
  'migrations/0001_points.sql': 'create table points (guest text primary key, points integer not null);\n',
};

/** The one place in cafe.ts: behind the last service. */
const BLOCK = `
    const points = new ProbedService(this, pointsService, {
      image: imageOf('${NEW_SERVICE}'),
      configuration,
    });
    points.connects(postgres, { poolMax: 4 });
`;
const IMPORT = `import { pointsService } from '../services/${NEW_SERVICE}/declaration.js';\n`;

/**
 * Adds the service to a copy of this repository: one folder, one place in cafe.ts and its import, and no other file.
 *
 * @throws Error when cafe.ts has no constructor to add it to
 */
export function addService(root: string): void {
  for (const [path, content] of Object.entries(FOLDER)) {
    const target = join(root, 'services', NEW_SERVICE, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, content);
  }
  const cafe = join(root, 'cdk8s', 'cafe.ts');
  const text = readFileSync(cafe, 'utf8');
  const end = text.lastIndexOf('  }\n}\n');
  const imports = text.indexOf('import { type Environment');
  if (end < 0 || imports < 0) throw new Error(`${cafe} does not end with the constructor of the café`);
  writeFileSync(cafe, text.slice(0, imports) + IMPORT + text.slice(imports, end) + BLOCK + text.slice(end));
}
