import { expect, test } from '@jest/globals';
import { bookshopAfter } from '../../testing/bookshop.js';
import { testBroken } from '../../testing/broken.js';
import { add, type Mutation, set, unset } from '../../testing/mutation.js';
import { DATA_PROOFS } from './index.js';

const NAMESPACE = 'Namespace/bookshop';
const ARGO_CD = 'metadata.annotations.[argocd.argoproj.io/sync-options]';
const FLUX = 'metadata.annotations.[kustomize.toolkit.fluxcd.io/prune]';

const kustomization = (spec: string): Mutation =>
  add(
    `{apiVersion: kustomize.toolkit.fluxcd.io/v1, kind: Kustomization, metadata: {name: shop, namespace: flux-system}, spec: ${spec}}`,
  );
const application = (spec: string, finalizers = '[]'): Mutation =>
  add(
    `{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: shop, namespace: argocd, finalizers: ${finalizers}}, spec: ${spec}}`,
  );
const applicationSet = (spec: string): Mutation =>
  add(
    `{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: shops, namespace: argocd}, spec: ${spec}}`,
  );
const claim = (annotations = '{}'): Mutation =>
  add(
    `{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: covers, namespace: bookshop, annotations: ${annotations}}, spec: {accessModes: [ReadWriteOnce]}}`,
  );
const statefulSet = (whenDeleted: string): Mutation =>
  add(
    `{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: covers, namespace: bookshop}, spec: {persistentVolumeClaimRetentionPolicy: {whenDeleted: ${whenDeleted}}, serviceName: covers, selector: {matchLabels: {app: covers}}, volumeClaimTemplates: [{metadata: {name: data}}], template: {metadata: {labels: {app: covers}}, spec: {containers: [{name: covers, image: "covers:1"}]}}}}`,
  );
const PRUNES = kustomization('{prune: true, path: ./dist, sourceRef: {kind: GitRepository, name: shop}}');

// prettier-ignore
testBroken(DATA_PROOFS, {
  CAFE131: [
    ['a Namespace that Flux prunes with the database in it', [unset(NAMESPACE, FLUX), PRUNES], 'Kustomization flux-system/shop deletes what it applied'],
    ['an Application that prunes', [unset(NAMESPACE, ARGO_CD), application('{source: {path: dist}, syncPolicy: {automated: {prune: true}}}')], 'Application argocd/shop deletes what it applied'],
    ['an Application with its finalizer', [unset(NAMESPACE, ARGO_CD), application('{source: {path: dist}}', '[resources-finalizer.argocd.argoproj.io/background]')], 'Application argocd/shop deletes what it applied'],
    ['half a word: pruned no more, and deleted with the Application', [set(NAMESPACE, ARGO_CD, 'Prune=false'), application('{sources: [{path: dist}]}', '[resources-finalizer.argocd.argoproj.io]')], 'argocd.argoproj.io/sync-options: Prune=false,Delete=false: data'],
    ['an ApplicationSet whose Applications have a finalizer', [unset(NAMESPACE, ARGO_CD), applicationSet('{template: {spec: {source: {path: "{{path}}"}}}}')], 'ApplicationSet argocd/shops deletes what it applied'],
    ['a claim that Flux prunes', [claim(), PRUNES], 'a volume, which goes with its claim'],
    ['a StatefulSet whose claims go with it', [statefulSet('Delete'), PRUNES], 'whenDeleted: Delete'],
    ['what Flux has applied, as a cluster shows it', [unset(NAMESPACE, FLUX), set(NAMESPACE, 'metadata.labels.[kustomize.toolkit.fluxcd.io/name]', 'shop')], 'Flux applied it'],
    ['nobody says who applies it', [unset(NAMESPACE, 'metadata.annotations')], 'CAFE131 advice: Namespace bookshop'],
  ],
});

// prettier-ignore
test.each<readonly [string, readonly Mutation[]]>([
  ['a Namespace that says it to the one that applies it', [unset(NAMESPACE, ARGO_CD), PRUNES]],
  ['a person who is asked', [set(NAMESPACE, ARGO_CD, 'Prune=confirm, Delete=confirm'), application('{source: {path: dist}}', '[resources-finalizer.argocd.argoproj.io]')]],
  ['a Kustomization that prunes nothing', [unset(NAMESPACE, FLUX), kustomization('{prune: false, path: ./dist}')]],
  ['a Kustomization of another folder', [unset(NAMESPACE, FLUX), kustomization('{prune: true, path: ./monitoring}')]],
  ['an Application that deletes nothing', [unset(NAMESPACE, ARGO_CD), application('{source: {path: dist}}')]],
  ['an ApplicationSet that keeps what it made', [unset(NAMESPACE, ARGO_CD), applicationSet('{syncPolicy: {preserveResourcesOnDeletion: true}, template: {spec: {source: {path: dist}}}}')]],
  ['a claim that is kept', [claim('{kustomize.toolkit.fluxcd.io/prune: Disabled}'), PRUNES]],
  ['a StatefulSet whose claims stay', [statefulSet('Retain'), PRUNES]],
])('%s has no finding', (_name, mutations) => {
  expect(bookshopAfter(...mutations).findings.filter(({ id }) => id === 'CAFE131')).toEqual([]);
});
