import { testBroken } from '../../testing/broken.js';
import { set, unset } from '../../testing/mutation.js';
import { SECURITY_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const STOREFRONT = 'Deployment/storefront';

// prettier-ignore
testBroken(SECURITY_PROOFS, {
  CAFE081: [
    ['root', [set(CATALOGUE, `${POD}.securityContext.runAsUser`, 0)], '0, root'],
    ['nobody says non-root', [unset(CATALOGUE, `${POD}.securityContext.runAsNonRoot`)], 'securityContext.runAsNonRoot'],
    ['an init container that may escalate', [unset(CATALOGUE, `${POD}.initContainers.0.securityContext.allowPrivilegeEscalation`)], 'initContainers[wait-for-database]'],
    ['no seccomp profile', [unset(STOREFRONT, `${POD}.securityContext.seccompProfile`)], 'RuntimeDefault'],
    ['capabilities that stay', [set(STOREFRONT, `${C}.securityContext.capabilities.drop`, ['NET_RAW'])], 'set capabilities.drop to [ALL]'],
    ['a capability that is added', [set(STOREFRONT, `${C}.securityContext.capabilities.add`, ['SYS_ADMIN'])], 'delete SYS_ADMIN'],
    ['a privileged container', [set(STOREFRONT, `${C}.securityContext.privileged`, true)], 'set privileged to false'],
    ['a folder of the node', [set(STOREFRONT, `${POD}.volumes`, [{ name: 'logs', hostPath: { path: '/var/log' } }])], 'hostPath'],
    ['a port of the node', [set(STOREFRONT, `${C}.ports.0.hostPort`, 80)], 'two pods of one node'],
    ['the network of the node', [set(STOREFRONT, `${POD}.hostNetwork`, true)], 'delete hostNetwork'],
  ],
});
