import { CHART_NAME } from './release-names.js';
import type { PostgresqlValues } from './values.js';

/** The file of the chart that lists the images that a release runs. */
export const BILL_OF_MATERIALS = 'sbom.cdx.json';

interface Image {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  readonly digest: string;
}

/**
 * What a release of the chart runs, as CycloneDX 1.6 (https://cyclonedx.org/docs/1.6/json/): its images, for scanners to look
 * into. Without a time and a serial number, so that the same chart is the same bytes.
 */
export function chartBillOfMaterials(version: string, { image, metrics }: PostgresqlValues): string {
  const bom = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: { component: { type: 'application', 'bom-ref': CHART_NAME, name: CHART_NAME, version } },
    components: [component(image, 'required'), component(metrics.image, 'optional')],
  };
  return `${JSON.stringify(bom, undefined, 2)}\n`;
}

function component({ registry, repository, tag, digest }: Image, scope: 'required' | 'optional') {
  // https://github.com/package-url/purl-spec/blob/main/types-doc/docker-definition.md
  const version = digest === '' ? tag : digest.replace(':', '%3A');
  const purl = `pkg:docker/${repository}@${version}${registry === '' ? '' : `?repository_url=${registry}`}`;
  return { type: 'container', 'bom-ref': purl, name: repository, version: tag, scope, purl };
}
