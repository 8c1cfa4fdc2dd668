import { kubectl } from './cluster.js';
import { frontendAddress } from './frontend-address.js';

// Prints where the café is open: the end of `make deploy`.

if ((await kubectl(`get service frontend -o jsonpath='{.spec.type}'`)) === 'ClusterIP') {
  console.log(
    '\nThe café is open to the proxies that its environment names; lead them to the Service frontend, port 80.',
  );
  process.exit(0);
}
const frontend = await frontendAddress(30);
if (frontend.through === 'load balancer') {
  console.log(
    `\nThe café is open at ${frontend.url}/ (kitchen: /kitchen, display: /display). Check it: make verify`,
  );
} else {
  console.log(
    '\nThe café is open, and this cluster gives load balancers no address. Reach it with:\n\n' +
      '  kubectl -n cafe-lumiere port-forward service/frontend 8080:80\n\n' +
      'and open http://localhost:8080/. Check it: make verify',
  );
}
frontend.close();
process.exit(0);
