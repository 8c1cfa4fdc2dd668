import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { analyzer, analyzerVerdicts } from './network-config-analyzer.js';
import { policySets } from './policy-sets.js';
import { verdictsOf } from './verdicts.js';

// What the checks think that NetworkPolicies allow is what an independent program thinks. More sets, or others:
// POLICY_SETS=10000 POLICY_SEED=1 npm test -- packages/checks/testing/oracle

const SETS = Number(process.env['POLICY_SETS'] ?? 200);
const SEED = Number(process.env['POLICY_SEED'] ?? 20_260_101);

const python = analyzer();
if (python === undefined) console.info('skipped: there is no Python with network-config-analyzer here');

(python === undefined ? describe.skip : describe)('network-config-analyzer', () => {
  test(`has another opinion of none of ${SETS} random sets of policies and pods`, () => {
    const sets = fc.sample(policySets('analyzer'), { numRuns: SETS, seed: SEED });
    const theirs = analyzerVerdicts(python ?? '', sets);
    expect(theirs).toHaveLength(SETS);
    const disagreements = sets.flatMap((set, index) => {
      const [own, other] = [verdictsOf(set), theirs[index] ?? []];
      return set.questions.flatMap((question, asked) =>
        own[asked] === other[asked]
          ? []
          : [{ question, own: own[asked], other: other[asked], objects: JSON.stringify(set.objects) }],
      );
    });
    expect(disagreements.slice(0, 1)).toEqual([]);
    // Both answers are there, or nothing was compared.
    expect(new Set(theirs.flat())).toEqual(new Set([true, false]));
  }, 600_000);
});
