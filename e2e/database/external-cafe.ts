import { App, type ExternalPostgresProps } from '@cafe-lumiere/constructs';
import { Cafe } from '../../cdk8s/cafe.js';
import { environmentNamed, SECRET_NAME } from '../../cdk8s/environments.js';

/**
 * The café's own manifests for a database that somebody else runs, as a List.
 *
 * @param namespace - instead of the contract's, where a café may be open
 * @param images - of each service, by digest: a node may still have an older image of the same tag
 */
export function cafeWith(
  database: Omit<ExternalPostgresProps, 'database' | 'owner' | 'credentials'>,
  namespace: string,
  images: ReadonlyMap<string, string>,
): unknown {
  const imageOf = (service: string): string => {
    const image = images.get(service);
    if (image === undefined) throw new Error(`there is no image of ${service}`);
    return image;
  };
  const external = { mode: 'external', ...database, credentials: { existingSecret: SECRET_NAME } } as const;
  const environment = { ...environmentNamed('local'), database: external };
  const cafe = new Cafe(new App(), 'deployments', { environment, imageOf, namespace });
  const items: readonly unknown[] = cafe.toJson();
  return { apiVersion: 'v1', kind: 'List', items };
}
