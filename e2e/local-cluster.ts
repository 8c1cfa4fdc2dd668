/** What kind, minikube, k3d, Docker Desktop, Rancher Desktop, OrbStack, Colima and MicroK8s call their clusters. */
const ON_THIS_COMPUTER =
  /^(?:(?:kind|k3d)-.+|minikube|docker-desktop|docker-for-desktop|rancher-desktop|orbstack|colima(?:-.+)?|microk8s)$/;

/** What is about to be deployed, and where. */
export interface Deployment {
  readonly environment: string;
  /** The current context of kubectl. */
  readonly context: string;
  /** Whether somebody has said that it may be open to everybody. */
  readonly saidSo: boolean;
}

/**
 * Why the café of `local` must not be deployed to this cluster. Its database has a password that everybody can read, and
 * its kitchen is open behind a load balancer.
 *
 * @returns the reason and what to do instead, or nothing
 */
export function openCafeProblem({ environment, context, saidSo }: Deployment): string | undefined {
  if (environment !== 'local' || saidSo || ON_THIS_COMPUTER.test(context)) return undefined;
  return `The context "${context}" is no cluster on this computer that we know, and the environment local is for those alone:
its kitchen is open to whoever reaches the load balancer, and everybody can read its database's password.

  make deploy ENVIRONMENT=production       closed; it needs Secrets, see docs/deployment.md
  make deploy OPEN_TO_EVERYBODY=yes        this cluster is yours alone, or open is what you want
  kubectl config use-context kind-kind     another cluster`;
}
