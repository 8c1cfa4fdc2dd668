import { z } from 'zod';
import { Cafe } from '../../cdk8s/cafe.js';
import { App } from '@cafe-lumiere/constructs';
import type { Environment } from '../../cdk8s/environments.js';
import { readImages } from '../../images/image-lock.js';

const object = z.looseObject({ kind: z.string(), metadata: z.looseObject({ name: z.string() }) });

/**
 * The café's own manifests for a database that somebody else runs, as a List.
 *
 * @param namespace - instead of the contract's, where a café may be open
 */
export function cafeWith(externalDatabase: Environment['externalDatabase'], namespace: string): unknown {
  const environment: Environment = {
    databaseCredentials: { existingSecret: 'cafe-secrets' },
    ...(externalDatabase === undefined ? {} : { externalDatabase }),
  };
  const objects: readonly unknown[] = new Cafe(new App(), 'deployments', {
    environment,
    images: readImages(),
  }).toJson();
  const items = objects.map((each) => {
    const { kind, metadata, ...rest } = object.parse(each);
    const place = kind === 'Namespace' ? { name: namespace } : { namespace };
    return { kind, metadata: { ...metadata, ...place }, ...rest };
  });
  return { apiVersion: 'v1', kind: 'List', items };
}
