import { App, type DeclaredService, ProbedService } from '@cafe-lumiere/constructs';
import { Cafe } from './cafe.js';
import { environmentNamed } from './environments.js';

/** The café's services as `cafe.ts` declares them, for the images, the local run and the tests. */
export function cafeServices(): readonly DeclaredService[] {
  const cafe = new Cafe(new App(), 'services', {
    environment: environmentNamed('local'),
    imageOf: (service) => `${service}:0`,
  });
  return ProbedService.within(cafe);
}
