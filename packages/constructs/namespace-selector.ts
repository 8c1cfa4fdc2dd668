import type * as k8s from './k8s.js';

/** Selects one namespace, by the label that Kubernetes itself gives to each. */
export const namespaceCalled = (name: string): k8s.LabelSelector => ({
  matchLabels: { 'kubernetes.io/metadata.name': name },
});
