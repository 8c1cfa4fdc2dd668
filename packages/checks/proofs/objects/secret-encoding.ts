import type { Problem, Proof } from '../proof.js';
import { objectProblem } from './object-problem.js';

/** `data` of a Secret is base64. */
export const secretEncoding = {
  id: 'CAFE106',
  title: 'A Secret that is not base64',
  why: 'The API server refuses the Secret, and its pods wait for it.',
  problems: (cluster) =>
    [...cluster.secrets.values()].flatMap((secret) =>
      Object.entries(secret.typed.data).flatMap(([key, value]): Problem[] =>
        /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/.test(value.replaceAll(/\s/g, ''))
          ? []
          : [
              objectProblem(secret, `data.${key}`, {
                found: 'a text that is not base64 (not repeated here)',
                expected: 'base64: the API server refuses it',
                change: `encode it, or move ${key} to stringData`,
              }),
            ],
      ),
    ),
} as const satisfies Proof;
