import { join } from 'node:path';
import { chartArtifact } from './oci-artifact.js';
import { publish } from './publish.js';

// Pushes a chart's folder to charts/<name> under its own version: `node --import tsx images/push-chart.ts FOLDER`.

const [, , folder = ''] = process.argv;
try {
  const artifact = chartArtifact(folder);
  const { name, version } = artifact;
  for (const { reference } of await publish([
    { repository: `charts/${name}`, version, artifact, billOfMaterials: join(folder, 'sbom.cdx.json') },
  ]))
    console.log(`pushed ${reference}`);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
