import { NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { eventually, type Journal, must } from '../journal.js';
import type { GitOps, Surroundings } from './controller.js';
import { OciRepository } from './oci-repository.js';
import type { PlacedOrders } from './orders.js';
import { applyPointers, deletePointers, type Pointer, pointersIn, titleOf } from './pointers.js';
import { GitRepository } from './repository.js';

const scenarios: Pick<GitOps, 'itself' | 'install' | 'lookAgain' | 'applied' | 'deletions'> = {
  itself: {
    namespace: 'flux-system',
    workloads: ['deployment/source-controller', 'deployment/kustomize-controller'],
  },
  install: (journal, surroundings) => install(journal, surroundings),
  // Its event leads the Kustomization there.
  lookAgain: ({ pointers }) => lookAgain(sourceAndKustomization(pointers)[0]),
  applied: (surroundings) => applied(surroundings),
  deletions: (journal, surroundings, orders) => deletions(journal, surroundings, orders),
};

/** Flux, from git. */
export const flux: GitOps = {
  title: 'Flux, from git',
  needs: needs('gitrepositories'),
  begin: (journal, workspace) => GitRepository.begin(journal, workspace),
  pointers: ({ url }) => pointersIn('flux.yaml', url),
  ...scenarios,
};

/** Flux, from what `make push-manifests` has pushed. */
export const fluxOci: GitOps = {
  title: 'Flux, from OCI artifacts',
  needs: needs('ocirepositories'),
  begin: (journal, workspace) => OciRepository.begin(journal, workspace),
  pointers: ({ url, insecure }) =>
    pointersIn('flux-oci.yaml', url).map((pointer) =>
      pointer.kind === 'OCIRepository' ? { ...pointer, spec: { ...pointer.spec, insecure } } : pointer,
    ),
  ...scenarios,
};

function needs(sources: string): readonly string[] {
  return [`${sources}.source.toolkit.fluxcd.io`, 'kustomizations.kustomize.toolkit.fluxcd.io'];
}

const isOfServices = ({ metadata }: Pointer): boolean => metadata.name === NAMESPACE;

function sourceAndKustomization(pointers: readonly Pointer[]): readonly [Pointer, Pointer] {
  const [source, kustomization] = pointers.filter(isOfServices);
  if (!source || !kustomization) throw new Error('the file in gitops/ has no source and Kustomization');
  return [source, kustomization];
}

/** Where Flux's helm-controller is not installed, the chart is installed by hand beside it. */
async function install(journal: Journal, surroundings: Surroundings): Promise<void> {
  const { pointers, source: manifests, workspace } = surroundings;
  const hasHelm = pointers.some(({ kind }) => kind === 'HelmRelease');
  await journal.step(`source and Kustomization are applied${hasHelm ? ', and the HelmRelease' : ''}`, () =>
    applyPointers(hasHelm ? pointers : pointers.filter(isOfServices)),
  );
  if (!hasHelm) {
    journal.note('no helm-controller here, so the database is a release by hand');
    await journal.step(`$ helm install ${RELEASE} ${manifests.chart}`, () =>
      run(`helm install ${RELEASE} ${manifests.chart} -n ${NAMESPACE} --create-namespace`, {
        cwd: workspace,
      }),
    );
  }
  await said(journal, surroundings);
}

async function deletions(journal: Journal, surroundings: Surroundings, orders: PlacedOrders): Promise<void> {
  const { pointers, source: manifests } = surroundings;
  const [source, kustomization] = sourceAndKustomization(pointers);

  journal.heading('Flux: the Kustomization is deleted, and made again');
  await journal.step('it is deleted, with what it applied', () => deletePointers([kustomization]));
  await orders.expectOnlyData();
  await applyPointers([kustomization]);
  await said(journal, surroundings);
  await orders.expectAll();

  journal.heading('Flux: the source goes first, then the Kustomization; they come back the other way round');
  await journal.step('both are deleted', () => deletePointers([source, kustomization]));
  await orders.expectOnlyData();
  await applyPointers([kustomization, source]);
  await said(journal, surroundings);
  await orders.expectAll();

  journal.heading('Flux: a change takes every manifest away, the Namespace too; another brings them back');
  await journal.step('it is published and applied', async () => {
    await manifests.bringNothing('Take everything away');
    await lookAgain(source, kustomization);
  });
  await orders.expectOnlyData();
  await journal.step('the other is published', async () => {
    await manifests.bringDist('Bring it back');
    await lookAgain(source, kustomization);
  });
  await said(journal, surroundings);
  await orders.expectAll();

  journal.heading(
    'Flux: the Namespace loses its labels and annotations; they heal, and the Kustomization is deleted',
  );
  await journal.step('they are taken away, and come back', async () => {
    await run(
      `kubectl label namespace ${NAMESPACE} pod-security.kubernetes.io/enforce- kustomize.toolkit.fluxcd.io/name- kustomize.toolkit.fluxcd.io/namespace-`,
    );
    await run(`kubectl annotate namespace ${NAMESPACE} kustomize.toolkit.fluxcd.io/prune-`);
    await lookAgain(kustomization);
    await run(
      `kubectl wait namespace/${NAMESPACE} --for=jsonpath='{.metadata.annotations.kustomize\\.toolkit\\.fluxcd\\.io/prune}'=disabled --timeout=60s`,
    );
  });
  await journal.step('it is deleted, with what it applied', () => deletePointers([kustomization]));
  await orders.expectOnlyData();
  await applyPointers([kustomization]);
  await said(journal, surroundings);
  await orders.expectAll();
}

const said = (journal: Journal, surroundings: Surroundings): Promise<void> =>
  journal.step('Flux says that exactly this is applied and healthy', () => applied(surroundings));

const applied = ({ pointers, source: { revision } }: Surroundings): Promise<void> => {
  const [, kustomization] = sourceAndKustomization(pointers);
  const title = titleOf(kustomization);
  return eventually(300, async () => {
    await run(`kubectl wait ${title} --for=condition=Ready --timeout=240s`);
    const last = await run(`kubectl get ${title} -o jsonpath='{.status.lastAppliedRevision}'`);
    must(last.endsWith(revision), `it has applied ${last}, and the newest is ${revision}`);
  });
};

/** As `flux reconcile` does: now, and not when the interval is over; waits until it has looked. */
async function lookAgain(...pointers: readonly Pointer[]): Promise<void> {
  const now = new Date().toISOString();
  for (const each of pointers) {
    await run(`kubectl annotate ${titleOf(each)} --overwrite reconcile.fluxcd.io/requestedAt=${now}`);
    await run(
      `kubectl wait ${titleOf(each)} --for=jsonpath='{.status.lastHandledReconcileAt}'=${now} --timeout=240s`,
    );
  }
}
