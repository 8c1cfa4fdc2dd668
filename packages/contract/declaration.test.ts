import { expect, test } from '@jest/globals';
import { declareService } from './declaration.js';
import { postgres } from './store.js';

test('the image of a service with a store has a gate, and what other programs it likes', () => {
  const programs = { server: './main.ts', 'wait-for-postgres': './wait.ts', report: './report.ts' } as const;
  const { image } = declareService({
    name: 'till',
    port: 1,
    stores: { DB: postgres({}) },
    image: { programs },
  });
  expect(image?.programs).toEqual(programs);
  declareService({
    name: 'till',
    port: 1,
    stores: { DB: postgres({}) },
    // @ts-expect-error -- no gate
    image: { programs: { server: './main.ts', report: './report.ts' } },
  });
});

test('two ports of a service are not one', () => {
  expect(() => declareService({ name: 'till', port: 8080, ports: { admin: 8080 } })).toThrow(
    'The declaration of till: admin is 8080, which is its port already.',
  );
});
