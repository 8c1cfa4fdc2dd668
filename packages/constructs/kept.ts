/**
 * Of what takes a database with it when it goes. A controller that applies a git repository deletes what is no longer
 * there, or all of it when it is told to forget the repository. These tell each of them to leave it alone: Flux
 * (https://fluxcd.io/flux/components/kustomize/kustomizations/#prune), Argo CD
 * (https://argo-cd.readthedocs.io/en/stable/user-guide/sync-options/#no-prune-resources) and Helm
 * (https://helm.sh/docs/howto/charts_tips_and_tricks/#tell-helm-not-to-uninstall-a-resource).
 */
export const KEPT: Readonly<Record<string, string>> = {
  'kustomize.toolkit.fluxcd.io/prune': 'disabled',
  'argocd.argoproj.io/sync-options': 'Prune=false,Delete=false',
  'helm.sh/resource-policy': 'keep',
};
