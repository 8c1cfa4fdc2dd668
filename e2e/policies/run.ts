import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { type PolicySet, policySets } from '../../packages/checks/testing/oracle/policy-sets.js';
import { verdictsOf } from '../../packages/checks/testing/oracle/verdicts.js';
import { Lane } from './lane.js';

const HELP = `Compares what the checks say of random NetworkPolicies with what a cluster's policy engine lets through.

  make e2e-policies NODE_IMAGE=… [SETS=200] [LANES=4] [SEED=1]

  NODE_IMAGE  an image with Node 20 or later that the nodes can pull
  LANES       so many sets at a time, each in three namespaces "policies-<lane>-…" that are made, and deleted at the end
  SEED        the sets are the same for the same number

  KUBECONFIG  the cluster; it needs an engine that enforces NetworkPolicies`;

/** What an engine takes to follow a change; a disagreement is asked about again before it counts. */
const SETTLING_MILLISECONDS = 1500;
const ATTEMPTS = 8;

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    sets: { type: 'string', default: '200' },
    lanes: { type: 'string', default: '4' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', short: 'h', default: false },
  },
});
if (values.help || values.image === undefined || values.image === '') {
  console.log(HELP);
  process.exit(values.help ? 0 : 2);
}
const { image } = values;
const NAMESPACES = ['red', 'green', 'blue'];

const sets = fc.sample(policySets('cluster'), { numRuns: Number(values.sets), seed: Number(values.seed) });
const waiting = [...sets.entries()];
let asked = 0;
let agreed = 0;
const disagreements: string[] = [];

const ends = await Promise.allSettled(
  Array.from({ length: Number(values.lanes) }, (_, index) => workThrough(`policies-${index}`)),
);
for (const end of ends) if (end.status === 'rejected') console.error(end.reason);
for (const each of disagreements) console.log(each);
console.log(
  `${agreed} of ${sets.length} sets, ${asked} connections: ${disagreements.length} disagreements with the cluster`,
);
process.exitCode = disagreements.length === 0 && agreed === sets.length ? 0 : 1;

async function workThrough(prefix: string): Promise<void> {
  const [first] = sets;
  if (!first) return;
  let lane: Lane | undefined;
  try {
    lane = await Lane.of(prefix, image, first);
    for (let next = waiting.shift(); next; next = waiting.shift()) await compare(lane, ...next);
  } finally {
    await (lane ? lane.remove(NAMESPACES) : Lane.removeAll(prefix, NAMESPACES));
  }
}

async function compare(lane: Lane, number: number, set: PolicySet): Promise<void> {
  const own = verdictsOf(set);
  await lane.become(set);
  let answers: boolean[] = [];
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    await new Promise((done) => setTimeout(done, SETTLING_MILLISECONDS));
    answers = await lane.answers(set);
    if (answers.every((answer, index) => answer === own[index])) break;
  }
  asked += answers.length;
  const different = set.questions.filter((_, index) => answers[index] !== own[index]);
  if (different.length === 0) agreed += 1;
  else {
    const objects = set.objects.map((object) => `  ${JSON.stringify(object)}`);
    disagreements.push(
      [
        `set ${number}: the cluster says otherwise of ${different.map((each) => each.join(' ')).join(', ')}`,
        ...objects,
      ].join('\n'),
    );
  }
}
