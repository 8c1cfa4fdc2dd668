import { DEFAULTS } from '../../model/cloudnative-pg.js';
import { titleOf } from '../../model/manifest.js';
import type { Problem, Proof } from '../proof.js';
import { postgresClusters } from './objects.js';

/** A pool never leaves by itself, so that each end of a primary lasts as long as somebody waits for it. */
const LONG_WAIT_SECONDS = 30;

/** A primary that ends waits for its clients, and no longer than it has. */
export const shutdownTimes = {
  id: 'CAFE125',
  severity: 'risk',
  title: 'A PostgreSQL that ends waits longer for its clients than it has, or than a pool is worth',
  why: 'Pools never leave by themselves, so that each switch of the primary lasts as long as it waits for them, and nobody can write in the meantime.',
  problems: (cluster) =>
    postgresClusters(cluster).flatMap((postgres): Problem[] => {
      const { spec } = postgres.typed;
      const { smartShutdownTimeout: smart, stopDelay: stop } = { ...DEFAULTS, ...defined(spec) };
      const found = [
        `${smart} s${spec.smartShutdownTimeout === undefined ? ", the operator's default" : ''}`,
        `stopDelay ${stop} s${spec.stopDelay === undefined ? ", the operator's default" : ''}`,
      ].join(', with ');
      const at = { object: titleOf(postgres), field: 'spec.smartShutdownTimeout', found, likely: '1' };
      if (smart >= stop) {
        return [
          {
            ...at,
            expected: `less than stopDelay, ${stop} s: the operator leaves it out then, or kills PostgreSQL before it has written everything down`,
            change: 'set smartShutdownTimeout: 1',
          },
        ];
      }
      return smart <= LONG_WAIT_SECONDS
        ? []
        : [
            {
              ...at,
              severity: 'advice',
              expected: `at most ${LONG_WAIT_SECONDS} s: so long a drain of its node waits for connections that pools never close`,
              change: 'set smartShutdownTimeout: 1',
            },
          ];
    }),
} as const satisfies Proof;

const defined = ({
  smartShutdownTimeout,
  stopDelay,
}: Partial<Record<keyof typeof DEFAULTS, number | undefined>>) => ({
  ...(smartShutdownTimeout === undefined ? {} : { smartShutdownTimeout }),
  ...(stopDelay === undefined ? {} : { stopDelay }),
});
