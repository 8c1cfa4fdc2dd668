import { expect, test } from '@jest/globals';
import { checkImage } from './image-reference.js';

const digest = `sha256:${'0a'.repeat(32)}`;

test.each([
  'bar:1',
  'registry.example:5000/team/bar:1.2.3-rc.1',
  `bar@${digest}`,
  `localhost:5001/a/bar:1@${digest}`,
])('takes %s', (image) => {
  expect(checkImage('test/bar', image)).toBe(image);
});

test.each([
  '',
  'bar',
  'bar:latest',
  `bar:latest@${digest}`,
  'registry.example:5000/bar',
  'bar:',
  'bar@sha256:12',
  'Bar:1',
])('refuses "%s"', (image) => {
  expect(() => checkImage('test/bar', image)).toThrow(`test/bar: the image "${image}" has no fixed version.`);
});
