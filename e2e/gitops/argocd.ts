import { z } from 'zod';
import { NAMESPACE, RELEASE } from '../cluster.js';
import { run } from '../command.js';
import { eventually, type Journal, must } from '../journal.js';
import type { GitOps, Surroundings } from './controller.js';
import { applyPointers, deletePointers, type Pointer, pointersIn, titleOf } from './pointers.js';
import { GitRepository } from './repository.js';

/** Argo CD, services and chart from git. The Applications get the finalizer with which a deletion takes everything along. */
export const argocd: GitOps = {
  title: 'Argo CD',
  needs: ['applications.argoproj.io'],
  itself: {
    namespace: 'argocd',
    workloads: ['statefulset/argocd-application-controller', 'deployment/argocd-repo-server'],
  },
  begin: (journal, workspace) => GitRepository.begin(journal, workspace),
  pointers: ({ url }) =>
    pointersIn('argocd.yaml', url).map((pointer) =>
      isApplication(pointer) ? withFinalizer(pointer) : pointer,
    ),
  install: async (journal, surroundings) => {
    await journal.step('$ kubectl apply -f gitops/argocd.yaml', () => applyPointers(surroundings.pointers));
    await synced(journal, surroundings);
  },
  lookAgain: ({ pointers }) => lookAgain(...pointers.filter(isApplication)),
  applied: (surroundings) => applied(surroundings),
  deletions: async (journal, surroundings, orders) => {
    const { pointers, source } = surroundings;
    const applications = pointers.filter(isApplication);
    const [services, database] = [NAMESPACE, RELEASE].map((name) =>
      applications.find(({ metadata }) => metadata.name === name),
    );
    if (!services || !database) throw new Error('gitops/argocd.yaml has not both Applications');

    journal.heading('Argo CD: both Applications are deleted with what they applied, the services first');
    await journal.step('they are deleted', () => deletePointers([services, database]));
    await orders.expectOnlyData();
    await applyPointers([services, database]);
    await synced(journal, surroundings);
    await orders.expectAll();

    journal.heading('Argo CD: the database goes first, and comes back first');
    await journal.step('they are deleted', () => deletePointers([database, services]));
    await orders.expectOnlyData();
    await applyPointers([database, services]);
    await synced(journal, surroundings);
    await orders.expectAll();

    journal.heading(
      'Argo CD: a commit takes every manifest away, the Namespace too; another brings them back',
    );
    await journal.step('it is committed and applied', async () => {
      await source.bringNothing('Take everything away');
      await lookAgain(services);
    });
    await orders.expectOnlyData();
    await journal.step('the other is committed', async () => {
      await source.bringDist('Bring it back');
      await lookAgain(services, database);
    });
    await orders.expectAll();
    await synced(journal, surroundings);
  },
};

const isApplication = ({ kind }: Pointer): boolean => kind === 'Application';

const withFinalizer = (pointer: Pointer): Pointer => ({
  ...pointer,
  metadata: { ...pointer.metadata, finalizers: ['resources-finalizer.argocd.argoproj.io'] },
});

const applicationStatus = z.object({
  sync: z.object({ status: z.string(), revision: z.string() }),
  health: z.object({ status: z.string() }),
});

const synced = (journal: Journal, surroundings: Surroundings): Promise<void> =>
  journal.step('Argo CD says of exactly this: Synced and Healthy', () => applied(surroundings));

const applied = ({ pointers, source: { revision } }: Surroundings): Promise<void> =>
  eventually(300, async () => {
    for (const each of pointers.filter(isApplication)) {
      const said = await run(`kubectl get ${titleOf(each)} -o jsonpath='{.status}'`);
      const { sync, health } = applicationStatus.parse(JSON.parse(said));
      must(
        sync.status === 'Synced' && sync.revision === revision && health.status === 'Healthy',
        `${each.metadata.name} is ${sync.status} with ${sync.revision} and ${health.status}; the newest is ${revision}`,
      );
    }
  });

/** Now, and not when the interval is over. */
async function lookAgain(...applications: readonly Pointer[]): Promise<void> {
  for (const each of applications) {
    await run(`kubectl annotate ${titleOf(each)} --overwrite argocd.argoproj.io/refresh=hard`);
  }
}
