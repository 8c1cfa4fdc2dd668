import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DEFAULT_ENVIRONMENT, environments } from '../cdk8s/environments.js';
import packageJson from '../package.json' with { type: 'json' };
import { chartArtifact, manifestsArtifact } from './oci-artifact.js';
import { type Publication, publish } from './publish.js';

// Pushes what `make synth` wrote, each environment's manifests and its chart: `node --import tsx images/push-manifests.ts [VERSION]`,
// without one under that of package.json.

const [, , version = packageJson.version] = process.argv;
const DIST = fileURLToPath(new URL('../dist', import.meta.url));

try {
  for (const { reference } of await publish(Object.keys(environments).flatMap(ofEnvironment)))
    console.log(`pushed ${reference}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

function ofEnvironment(name: string): readonly Publication[] {
  const folder = name === DEFAULT_ENVIRONMENT ? DIST : join(DIST, name);
  const repository = `cafe-lumiere/${name}`;
  const chart = join(folder, 'helm', 'postgresql');
  return [
    { repository: `${repository}/manifests`, version, artifact: manifestsArtifact(folder) },
    ...(existsSync(chart)
      ? [
          {
            repository: `${repository}/postgresql`,
            version,
            artifact: chartArtifact(chart),
            billOfMaterials: join(chart, 'sbom.cdx.json'),
          },
        ]
      : []),
  ];
}
