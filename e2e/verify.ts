import { NAMESPACE } from './cluster.js';
import { attempt } from './command.js';
import { followTheGuide } from './guide.js';
import { Journal } from './journal.js';

// The deployment guide's checks against the café that runs in the cluster of KUBECONFIG: `make verify`.

const journal = new Journal();
journal.heading('The café in this cluster');
try {
  const frontend = await followTheGuide(journal);
  frontend.close();
} catch {
  const { stdout, stderr } = await attempt(`node bin/cafe.js doctor -n ${NAMESPACE} --probe`);
  console.log(`\n${stdout}${stderr}`);
}
process.exit(journal.close());
