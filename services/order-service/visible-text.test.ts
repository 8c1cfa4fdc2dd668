import { describe, expect, test } from '@jest/globals';
import { unseenIn } from './visible-text.js';

describe('a text', () => {
  test.each([
    [
      'Zoë',
      'Zoe\u0308',
      'D’Angelo',
      'Ibn Sīnā',
      '李小龙',
      '🥐',
      'Ann 👩‍🍳',
      '👨‍👩‍👧‍👦',
      '👩🏽‍🍳',
      '❤️',
      '❤️‍🔥',
      '1️⃣',
      'علی‌رضا',
      'ශ්‍රී',
      'क्‍ष',
    ],
  ])('of which people see everything', (...texts) => {
    expect(texts.map((text) => [text, unseenIn(text)])).toEqual(texts.map((text) => [text, undefined]));
  });

  test.each([
    ['Zo\u200Bë', 'U+200B, which is invisible'],
    ['Zo\u200Dë', 'U+200D, which is invisible'],
    ['Zo\u200Cë', 'U+200C, which is invisible'],
    ['\u200D', 'U+200D, which is invisible'],
    ['👩\u200D', 'U+200D, which is invisible'],
    ['Zoe\uFE0F', 'U+FE0F, which is invisible'],
    ['Zoe\u00AD', 'U+00AD, which is invisible'],
    ['Zoe\u034F', 'U+034F, which is invisible'],
    ['\u3164', 'U+3164, which is invisible'],
    ['\u2800', 'U+2800, which is invisible'],
    ['Zoe\u2028Ann', 'U+2028, which is invisible'],
    ['Zoe\u{E0041}', 'U+E0041, which is invisible'],
    ['\uFEFFZoe', 'U+FEFF, which is invisible'],
    ['Ann\u202Etac', 'U+202E, which turns the direction of writing'],
    ['Ann\u2066x\u2069', 'U+2066, which turns the direction of writing'],
    ['\u200FAnn', 'U+200F, which turns the direction of writing'],
    ['\u061CAnn', 'U+061C, which turns the direction of writing'],
  ])('with something unseen: %j', (text, unseen) => {
    expect(unseenIn(text)).toBe(unseen);
  });
});
