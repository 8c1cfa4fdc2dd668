import { diagnosis } from './cluster.js';
import { followTheGuide } from './guide.js';
import { Journal } from './journal.js';

// The deployment guide's checks against the café that runs in the cluster of KUBECONFIG: `make verify`.

const journal = new Journal();
journal.heading('The café in this cluster');
try {
  const frontend = await followTheGuide(journal);
  frontend.close();
} catch {
  console.log(`\n${await diagnosis()}`);
}
process.exit(journal.close());
