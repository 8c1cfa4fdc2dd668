import { testBroken } from '../../testing/broken.js';
import { inChart, set, unset } from '../../testing/mutation.js';
import { NETWORK_PROOFS } from './index.js';

// prettier-ignore
testBroken(NETWORK_PROOFS, {
  CAFE061: [
    ['an egress rule that is gone', [unset('NetworkPolicy/basket', 'spec.egress.1')], 'to podSelector app=catalogue, port 8081'],
    ['an ingress rule that is gone', [unset('NetworkPolicy/catalogue', 'spec.ingress.0')], 'port 8081 from Deployment bookshop/basket'],
    ['a policy with the Service’s port', [set('NetworkPolicy/catalogue', 'spec.egress.1.ports.0.port', 5433)], 'set that port to 5432'],
    ['a policy for a label that changed', [set('NetworkPolicy/storefront', 'spec.egress.1.to.0.podSelector.matchLabels.app', 'books')], 'catalogue'],
    ['a database that does not know its client', [inChart('values.yaml', 'client: catalogue', 'client: books')], 'NetworkPolicy bookshop/bookshop-postgresql'],
  ],
  CAFE062: [
    ['no DNS', [unset('NetworkPolicy/storefront', 'spec.egress.0')], 'without DNS no name resolves'],
    ['DNS over UDP only', [unset('NetworkPolicy/storefront', 'spec.egress.0.ports.1')], 'no rule for port 53 over TCP'],
  ],
  CAFE063: [
    ['a service that lets everybody in', [set('NetworkPolicy/catalogue', 'spec.ingress.+', { ports: [{ port: 8081 }] })], 'everybody may connect'],
    ['a connection that nobody declared', [set('NetworkPolicy/basket', 'spec.ingress.+', { from: [{ podSelector: { matchLabels: { app: 'catalogue' } } }] })], 'nothing tells it to'],
    ['a service that may go anywhere', [set('NetworkPolicy/catalogue', 'spec.egress.+', {})], 'may connect to everybody'],
  ],
  CAFE064: [
    ['a policy with a mistyped label', [set('NetworkPolicy/catalogue', 'spec.podSelector.matchLabels.app', 'catalog')], 'set the selector to app=catalogue'],
    ['a policy for pods that nobody makes', [set('NetworkPolicy/catalogue', 'spec.podSelector.matchLabels', { tier: 'data' })], 'CAFE064 risk: NetworkPolicy bookshop/catalogue'],
  ],
});
