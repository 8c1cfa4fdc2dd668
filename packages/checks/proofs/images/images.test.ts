import { testBroken } from '../../testing/broken.js';
import { set } from '../../testing/mutation.js';
import { IMAGE_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const STOREFRONT = 'Deployment/storefront';

// prettier-ignore
testBroken(IMAGE_PROOFS, {
  CAFE086: [
    ['latest', [set(STOREFRONT, `${C}.image`, 'registry.example:5000/bookshop/storefront:latest')], 'registry.example:5000/bookshop/storefront:1.0.0'],
    ['no tag behind a port', [set(STOREFRONT, `${C}.image`, 'registry.example:5000/bookshop/storefront')], 'has no tag and so means latest'],
    ['half a digest', [set(STOREFRONT, `${C}.image`, 'storefront@sha256:abc')], '64 hexadecimal digits'],
    ['latest in an init container', [set(CATALOGUE, `${POD}.initContainers.0.image`, 'busybox:latest')], 'initContainers[wait-for-database].image'],
  ],
});
