import { execFileSync } from 'node:child_process';
import { expect, test } from '@jest/globals';
import { openCafeProblem } from './local-cluster.js';

const local = { environment: 'local', saidSo: false };

test.each(['kind-kind', 'k3d-cafe', 'minikube', 'docker-desktop', 'rancher-desktop', 'colima-x86'])(
  'the open café goes to %s',
  (context) => {
    expect(openCafeProblem({ ...local, context })).toBeUndefined();
  },
);

test.each([
  'arn:aws:eks:eu-central-1:1:cluster/shop',
  'gke_shop_europe-west1_kind-kind',
  'minikube.example',
  'cafe',
  '',
])('the open café stays away from %j, and says what to do', (context) => {
  const problem = openCafeProblem({ ...local, context });
  expect(problem).toContain(`The context "${context}" is no cluster on this computer`);
  expect(problem).toContain('make deploy OPEN_TO_EVERYBODY=yes');
  expect(openCafeProblem({ ...local, context, saidSo: true })).toBeUndefined();
  expect(openCafeProblem({ environment: 'production', context, saidSo: false })).toBeUndefined();
});

test('make deploy asks before it touches the cluster', () => {
  const lines = execFileSync('make', ['--dry-run', 'deploy', 'OPEN_TO_EVERYBODY='], {
    encoding: 'utf8',
  }).split('\n');
  const asks = lines.findIndex((line) => line.includes('e2e/before-deploy.ts'));
  const touches = lines.findIndex((line) => /^(?:kubectl|helm) /.test(line));
  expect(asks).toBeGreaterThanOrEqual(0);
  expect(touches).toBeGreaterThan(asks);
});
