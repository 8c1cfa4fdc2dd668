import { expect, test } from '@jest/globals';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { manifestYaml } from './manifest-yaml.js';

// As the unit 'binary' of fc.string, which first makes a map of a million of them, for seconds.
const codePoint = fc
  .oneof(fc.integer({ min: 0, max: 0xd7ff }), fc.integer({ min: 0xe000, max: 0x10_ffff }))
  .map((point) => String.fromCodePoint(point));
const word = fc.oneof(
  fc.string(),
  // What looks like a plain word, and sometimes is none.
  fc.stringMatching(/^[a-zA-Z][\w./-]{0,70}$/),
  fc.mixedCase(fc.constantFrom('y', 'n', 'yes', 'no', 'on', 'off', 'true', 'false', 'null', 'nan', 'inf')),
  fc.array(codePoint).map((points) => points.join('')),
  fc.constantFrom(
    'yes',
    'no',
    'on',
    '~',
    '-',
    '- a',
    'a: b',
    'a #b',
    '1e3',
    '0o7',
    '017',
    '1_000',
    '12:30',
    '2026-11-26',
    '#',
    '&a',
    '*a',
    '!a',
    '|',
    '>',
    "'",
    '"',
    '{',
    '[',
    ' a',
    'a ',
    '\t',
    'a\nb',
    'a\n',
    '',
    '=',
    '<<',
    '?',
    '? a',
    ':',
    'null',
    'true',
    '.5',
    '+1',
    '%a',
    '@a',
    '`a',
    '---',
    '...',
  ),
);
const tree = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 4, withCrossShrink: true },
    word,
    fc.integer(),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(word, tie('value'), { maxKeys: 4, noNullPrototype: true }),
  ),
})).value;

test('objects are written as cdk8s writes them, whatever is in them', () => {
  fc.assert(
    fc.property(fc.array(tree, { maxLength: 3 }), (objects) => {
      expect(manifestYaml(objects)).toBe(Yaml.stringify(...objects));
    }),
    { numRuns: 1000 },
  );
});
