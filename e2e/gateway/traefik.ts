import { z } from 'zod';
import { run } from '../command.js';
import { must } from '../journal.js';

/** Where Traefik is, for kubectl. */
export const TRAEFIK = '-n traefik';

const traefik = z.object({
  spec: z.object({
    template: z.object({
      spec: z.object({ containers: z.array(z.object({ args: z.array(z.string()).default([]) })) }),
    }),
  }),
  status: z.object({ readyReplicas: z.number().default(0) }),
});

/** @throws Error when guests would notice that a pod of Traefik's ends */
export async function traefikMustEndGently(): Promise<void> {
  const { spec, status } = traefik.parse(
    JSON.parse(await run(`kubectl ${TRAEFIK} get deployment/traefik -o json`)),
  );
  must(
    status.readyReplicas >= 2,
    `Traefik has ${status.readyReplicas} ready pods, and with less than two nobody answers while one is replaced: kubectl ${TRAEFIK} scale deployment/traefik --replicas=2`,
  );
  const words = spec.template.spec.containers.flatMap(({ args }) => args);
  must(
    words.some((word) => /keepalivemaxtime/i.test(word)),
    `Traefik's arguments are ${words.join(' ')}; without a keepAliveMaxTime it closes kept connections at its end without a word, and who asks at this moment gets no answer. Add --entrypoints.NAME.transport.keepalivemaxtime=… for the entry point of TLS, less than its requestacceptgracetimeout.`,
  );
}

/** @throws Error when one node takes every pod of Traefik with it */
export async function traefikMustBeSpread(): Promise<void> {
  const nodes = await run(`kubectl ${TRAEFIK} get pods -o jsonpath='{.items[*].spec.nodeName}'`);
  must(
    new Set(nodes.split(' ')).size >= 2,
    `Traefik's pods are on ${nodes}; when a node is drained or lost, others must be elsewhere: a required podAntiAffinity on kubernetes.io/hostname in its Deployment, and a pod for each node that may be lost.`,
  );
}
