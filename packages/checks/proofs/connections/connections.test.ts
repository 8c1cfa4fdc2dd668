import { testBroken } from '../../testing/broken.js';
import { drop, set } from '../../testing/mutation.js';
import { CONNECTION_PROOFS } from './index.js';

const POD = 'spec.template.spec';
const C = `${POD}.containers.0`;
const CATALOGUE = 'Deployment/catalogue';
const BASKET = 'Deployment/basket';

// prettier-ignore
testBroken(CONNECTION_PROOFS, {
  CAFE001: [
    ['a letter less in a URL', [set('ConfigMap/bookshop-config', 'data.CATALOGUE_URL', 'http://catalogu:8081')], 'set ConfigMap bookshop/bookshop-config, data.CATALOGUE_URL to http://catalogue:8081'],
    ['a URL with the wrong name and the right port', [set('ConfigMap/bookshop-config', 'data.BASKET_URL', 'http://cart:8082')], 'basket, the only Service with port 8082'],
    ['a name of another namespace', [set('ConfigMap/bookshop-config', 'data.CATALOGUE_URL', 'http://books.bookshop.svc.cluster.local:8081')], 'http://books.bookshop'],
    ['a Service renamed, its callers not', [set('Service/catalogue', 'metadata.name', 'books')], 'CATALOGUE_URL=http://catalogue:8081'],
    ['a Service deleted', [drop('Service/basket')], 'BASKET_URL'],
    ['a host in an argument', [set(BASKET, `${C}.args`, ['--upstream=http://catalog:8081'])], 'containers[basket].args[0]'],
  ],
  CAFE002: [
    ['a port that the Service does not have', [set('ConfigMap/bookshop-config', 'data.CATALOGUE_URL', 'http://catalogue:8091')], 'port 8091 of Service bookshop/catalogue'],
    ['the container’s port in place of the Service’s', [set('ConfigMap/bookshop-config', 'data.BASKET_URL', 'http://storefront:8080')], 'set the port in ConfigMap bookshop/bookshop-config, data.BASKET_URL to 80'],
    ['a URL without its port', [set('ConfigMap/bookshop-config', 'data.CATALOGUE_URL', 'http://catalogue')], 'port 80'],
    ['a database port that nobody serves', [set('ConfigMap/bookshop-config', 'data.DB_PORT', '5433')], 'data.DB_PORT to 5432'],
    ['a Service’s port changed', [set('Service/catalogue', 'spec.ports.0.port', 80)], 'expected a port of that Service: 80'],
  ],
  CAFE005: [
    ['a port that is no number', [set('ConfigMap/bookshop-config', 'data.DB_PORT', 'tcp://10.0.0.7:5432')], 'a whole number from 1 to 65535'],
    ['a port beyond all ports', [set('ConfigMap/bookshop-config', 'data.CATALOGUE_URL', 'http://catalogue:50001x')], '50001x'],
    ['a Service with a port beyond all ports', [set('Service/catalogue', 'spec.ports.0.port', 80000)], 'the API server refuses the object'],
    ['a Service that leads to a port beyond all ports', [set('Service/catalogue', 'spec.ports.0.targetPort', 80810)], '.targetPort'],
    ['a container with a port beyond all ports', [set(CATALOGUE, `${C}.ports.0.containerPort`, 80810)], '.containerPort'],
    ['a port of the node that is none', [set(CATALOGUE, `${C}.ports.0.hostPort`, 65536)], '.hostPort'],
    ['a probe of a port beyond all ports', [set(CATALOGUE, `${C}.livenessProbe.httpGet.port`, 80810)], '.livenessProbe'],
    ['a port of all nodes that is none', [set('Service/catalogue', 'spec.ports.0.nodePort', 300080)], '.nodePort'],
    ['a port of all nodes twice', [set('Service/catalogue', 'spec.ports.0.nodePort', 30080), set('Service/basket', 'spec.ports.0.nodePort', 30080)], 'which Service bookshop/catalogue has'],
    ['a policy for a port beyond all ports', [set('NetworkPolicy/catalogue', 'spec.ingress.0.ports.0.port', 80810)], '.port'],
    ['a policy for a port of no name', [set('NetworkPolicy/catalogue', 'spec.ingress.0.ports.0.port', 'htpp')], 'likely   http'],
  ],
  CAFE003: [
    ['a targetPort without a container port', [set('Service/catalogue', 'spec.ports.0.targetPort', 'web')], 'declares: http'],
    ['a container port that moved', [set(CATALOGUE, `${C}.ports.0.containerPort`, 8080), set('Service/catalogue', 'spec.ports.0.targetPort', 8081)], '8080'],
  ],
  CAFE004: [
    ['a selector with a mistyped label', [set('Service/catalogue', 'spec.selector.app', 'catalogues')], 'app=catalogue'],
    ['a selector with one label too many', [set('Service/storefront', 'spec.selector.tier', 'web')], 'pick no pod'],
  ],
  CAFE006: [
    ['a page that is told the name of a Service', [set(BASKET, `${C}.env.+`, { name: 'VITE_API_URL', value: 'http://catalogue:8081' })], 'CAFE006 risk: Deployment bookshop/basket'],
    ['a page whose server may read it, too', [set(BASKET, `${C}.env.+`, { name: 'NEXT_PUBLIC_API_URL', value: 'http://catalogue:8081' })], 'CAFE006 risk: Deployment bookshop/basket'],
  ],
});
