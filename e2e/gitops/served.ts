import { readStored } from '../faults/cafe-state.js';
import { type Journal, must } from '../journal.js';
import { balance } from '../load/ledger.js';
import type { Load } from '../load/load.js';

/** Of a load that has ended: no click and no request has failed, and what the guests were told is stored. */
export async function expectWhole(journal: Journal, { name, records }: Load): Promise<void> {
  const { clicks, requests, streamFaults } = records;
  await journal.step(
    `${name}: 0 of ${clicks.length} clicks and of ${requests.length} requests have failed, and every order is stored`,
    async () => {
      const failures = [...clicks, ...requests].flatMap(({ failure }) => failure ?? []);
      const { lost, doubled, illegalHistories, missedEvents } = balance(
        records,
        await readStored(name, records),
      );
      const problems = [
        ...failures,
        ...streamFaults,
        ...lost,
        ...doubled,
        ...illegalHistories,
        ...missedEvents,
      ];
      must(problems.length === 0, `${problems.length}: ${problems.slice(0, 10).join('\n')}`);
    },
  );
}
