import { readStored } from '../faults/cafe-state.js';
import { type Journal, must } from '../journal.js';
import { balance } from '../load/ledger.js';
import type { Load } from '../load/load.js';

/** So many of the things that went wrong are said. */
const SAID = 15;

/** Of a load that has ended: no click and no request has failed, and what the guests were told is stored. */
export async function expectWhole(journal: Journal, { name, records }: Load): Promise<void> {
  const { clicks, requests, streamFaults } = records;
  const began = Math.min(...requests.map(({ startedAt }) => startedAt));
  const failed = (what: string, all: readonly { readonly startedAt: number; readonly failure?: string }[]) =>
    all.flatMap(({ startedAt, failure }) =>
      failure === undefined ? [] : `${what} after ${((startedAt - began) / 1000).toFixed(1)} s: ${failure}`,
    );
  const worst = Math.max(...clicks.map(({ milliseconds }) => milliseconds));
  await journal.step(
    `${name}: none of ${clicks.length} clicks and of ${requests.length} requests has failed, and every order is stored`,
    async () => {
      const found = balance(records, await readStored(name, records));
      const [badClicks, badRequests] = [failed('click', clicks), failed('request', requests)];
      const problems = [
        ...badClicks,
        ...badRequests,
        ...streamFaults,
        ...[found.lost, found.doubled, found.illegalHistories, found.missedEvents].flat(),
      ];
      must(
        problems.length === 0,
        `${badClicks.length} clicks and ${badRequests.length} requests failed:\n${problems.slice(0, SAID).join('\n')}`,
      );
    },
  );
  journal.note(`the worst click took ${worst} ms; ${records.acknowledgements.length} orders`);
}
