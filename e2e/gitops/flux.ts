import { NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import type { Journal } from '../journal.js';
import type { GitOps } from './controller.js';
import { PlacedOrders } from './orders.js';
import { applyPointers, deletePointers, type Pointer, pointersIn, titleOf } from './pointers.js';

/** Flux, from git. Where its helm-controller is not installed, the chart is installed by hand beside it. */
export const flux: GitOps = {
  title: 'Flux',
  needs: ['gitrepositories.source.toolkit.fluxcd.io', 'kustomizations.kustomize.toolkit.fluxcd.io'],
  pointers: (url) => pointersIn('flux.yaml', url),
  run: async (journal, { pointers, repository, workspace }) => {
    const orders = new PlacedOrders(journal);
    const hasHelm = pointers.some(({ kind }) => kind === 'HelmRelease');
    const services = pointers.filter(({ metadata }) => metadata.name === NAMESPACE);
    const [source, kustomization] = services;
    if (!source || !kustomization) throw new Error('gitops/flux.yaml has no source and Kustomization');

    await journal.step(
      `$ kubectl apply -f gitops/flux.yaml${hasHelm ? '' : ', without the HelmRelease'}`,
      () => applyPointers(hasHelm ? pointers : services),
    );
    if (!hasHelm) {
      journal.note('no helm-controller here, so the database is a release by hand');
      await journal.step(`$ helm install ${RELEASE} dist/helm/postgresql`, () =>
        run(`helm install ${RELEASE} dist/helm/postgresql -n ${NAMESPACE} --create-namespace`, {
          cwd: workspace,
        }),
      );
    }
    await applied(journal, kustomization);
    await orders.expectAll();

    journal.heading('Flux: the Kustomization is deleted, and made again');
    await journal.step('it is deleted, with what it applied', () => deletePointers([kustomization]));
    await orders.expectOnlyData();
    await applyPointers([kustomization]);
    await applied(journal, kustomization);
    await orders.expectAll();

    journal.heading(
      'Flux: the source goes first, then the Kustomization; they come back the other way round',
    );
    await journal.step('both are deleted', () => deletePointers([source, kustomization]));
    await orders.expectOnlyData();
    await applyPointers([kustomization, source]);
    await applied(journal, kustomization);
    await orders.expectAll();

    journal.heading('Flux: a commit takes every manifest away, the Namespace too; another brings them back');
    await journal.step('it is committed and applied', async () => {
      await repository.commitNothing('Take everything away');
      await lookAgain(source, kustomization);
    });
    await orders.expectOnlyData();
    await journal.step('the other is committed', async () => {
      await repository.commitDist('Bring it back');
      await lookAgain(source, kustomization);
    });
    await applied(journal, kustomization);
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
    await applied(journal, kustomization);
    await orders.expectAll();
  },
};

const applied = (journal: Journal, kustomization: Pointer): Promise<unknown> =>
  journal.step('Flux says that everything is applied and healthy', () =>
    run(`kubectl wait ${titleOf(kustomization)} --for=condition=Ready --timeout=240s`),
  );

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
