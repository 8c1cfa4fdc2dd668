import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type PolicySet, policySets } from '../../packages/checks/testing/oracle/policy-sets.js';
import { verdictsOf } from '../../packages/checks/testing/oracle/verdicts.js';
import { ApiServer } from './api-server.js';
import { Lane } from './lane.js';

const HELP = `Compares what the checks say of random NetworkPolicies with what a cluster's policy engine lets through.

  make e2e-policies NODE_IMAGE=… [SETS=200] [FROM=0] [LANES=4] [SEED=1]

  NODE_IMAGE  an image with Node 20 or later that the nodes can pull
  SETS, FROM  so many sets, from this one on: what was ended goes on where it says
  LANES       so many sets at a time, each in three namespaces "policies-<lane>-…" that are made, and deleted at the end
  SEED        the sets are the same for the same number

  KUBECONFIG  the cluster; it needs an engine that enforces NetworkPolicies`;

/** An engine is given so long to take up a set before an answer of its counts against it. */
const SETTLING_MILLISECONDS = 20_000;
/** And so long where the set is to change nothing, so that nothing shows that it has been taken up. */
const UNCHANGED_MILLISECONDS = 6000;
const PAUSE_MILLISECONDS = 300;

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    sets: { type: 'string', default: '200' },
    from: { type: 'string', default: '0' },
    lanes: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
const { image = '' } = values;
if (values.help || image === '') {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const first = Number(values.from);
const numRuns = first + Number(values.sets);
const sets = fc.sample(policySets('cluster'), { numRuns, seed: Number(values.seed) });
const waiting = [...sets.entries()].slice(first);
const [start] = sets;
const open = new Set(waiting.map(([number]) => number));
const count = open.size;
let asked = 0;
let slowest = 0;
let isEnded = false;
const disagreements: string[] = [];

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.on(signal, () => {
    if (isEnded) process.exit(1);
    isEnded = true;
    console.log('Ending: the sets in hand, then the namespaces. Once more leaves them.');
  });

const api = await ApiServer.open();
const ends = await Promise.allSettled(
  Array.from({ length: Number(values.lanes) }, (_, index) => workThrough(`policies-${index}`)),
);
api.close();
for (const end of ends) if (end.status === 'rejected') console.error(end.reason);
for (const each of disagreements) console.log(each);
console.log(
  `${count - open.size} of ${count} sets from ${first} on, ${asked} connections: ${disagreements.length} disagreements with the cluster` +
    ` (the engine took ${(slowest / 1000).toFixed(1)} s at most)`,
);
const [next] = open;
if (next !== undefined) console.log(`FROM=${next} SETS=${numRuns - next} goes on.`);
process.exit(disagreements.length === 0 && open.size === 0 ? 0 : 1);

async function workThrough(prefix: string): Promise<void> {
  const lane = new Lane(api, prefix, image);
  let before = '';
  try {
    if (start) await lane.open(start);
    for (let taken = waiting.shift(); taken && !isEnded; taken = waiting.shift())
      before = await compare(lane, ...taken, before);
  } finally {
    await lane.close();
  }
}

/** @returns what is right, for the next one to compare with */
async function compare(lane: Lane, number: number, set: PolicySet, before: string): Promise<string> {
  const own = verdictsOf(set);
  const right = JSON.stringify(own);
  await lane.become(set);
  const start = Date.now();
  const took = () => Date.now() - start;
  let answers = await lane.answers(set);
  // Two rounds that are equal to each other: what the engine has half done is no answer.
  for (let isSettled = false; !isSettled;) {
    await sleep(PAUSE_MILLISECONDS);
    const again = await lane.answers(set);
    const isQuiet = JSON.stringify(again) === JSON.stringify(answers);
    answers = again;
    const isRight =
      JSON.stringify(answers) === right && (right !== before || took() > UNCHANGED_MILLISECONDS);
    isSettled = (isQuiet && isRight) || took() > SETTLING_MILLISECONDS;
  }
  asked += answers.length;
  open.delete(number);
  const different = set.questions.flatMap((question, index) =>
    answers[index] === own[index]
      ? []
      : [`  ${question.join(' ')}: ${own[index] === true ? 'allowed' : 'forbidden'} to the checks only`],
  );
  if (different.length === 0) slowest = Math.max(slowest, right === before ? 0 : took());
  else
    disagreements.push(
      [`set ${number}:`, ...different, ...set.objects.map((object) => `  ${JSON.stringify(object)}`)].join(
        '\n',
      ),
    );
  return right;
}
