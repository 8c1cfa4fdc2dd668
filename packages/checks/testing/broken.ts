import { expect, test } from '@jest/globals';
import { findingText } from '../model/finding.js';
import type { Proof } from '../proofs/proof.js';
import { bookshopAfter } from './bookshop.js';
import type { Mutation } from './mutation.js';

/** One way to break the bookshop: what is done, how, and words that the finding must say. */
export type BrokenCase = readonly [name: string, mutations: readonly Mutation[], words: string];

/** Cases for each proof of a family: one without any does not compile. */
export type BrokenCases<Proofs extends readonly Proof[]> = Readonly<
  Record<Proofs[number]['id'], readonly [BrokenCase, ...BrokenCase[]]>
>;

/** Tests that a family's proofs see each broken bookshop, and keeps what they say of it. */
export function testBroken<const Proofs extends readonly Proof[]>(
  proofs: Proofs,
  cases: BrokenCases<Proofs>,
): void {
  const rows = proofs.flatMap(({ id }: Proofs[number]) =>
    (cases[id as Proofs[number]['id']] as readonly BrokenCase[]).map(
      ([name, mutations, words]) => [id, name, mutations, words] as const,
    ),
  );
  test.each(rows)('%s %s', (id, _name, mutations, words) => {
    const found = bookshopAfter(...mutations).findings.filter((finding) => finding.id === id);
    const texts = found.map(findingText);
    const text = texts.find((each) => each.includes(words)) ?? texts.join('\n');
    expect(text).toContain(words);
    expect(text).toMatchSnapshot();
  });
}
