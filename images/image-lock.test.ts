import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { imageOf, imageTag, writeImages } from './image-lock.js';

describe('images.lock.json', () => {
  let directory: string;
  beforeAll(() => {
    directory = mkdtempSync(join(tmpdir(), 'cafe-lock-'));
  });
  afterAll(() => {
    rmSync(directory, { recursive: true });
  });
  const reference = (name: string) => `registry.example:5000/${name}:1@sha256:${'0a'.repeat(32)}`;
  const images = {
    'order-service': reference('order-service'),
    'kitchen-service': reference('kitchen-service'),
    frontend: reference('frontend'),
  };

  test('gives back what was recorded', () => {
    const file = join(directory, 'good.json');
    writeImages(images, file);
    expect(imageOf(file)('frontend')).toBe(images.frontend);
    expect(() => imageOf(file)('loyalty-service')).toThrow('loyalty-service: is missing');
  });

  test('absent, stands for this version’s tags in kind’s local registry', () => {
    expect(imageOf(join(directory, 'absent.json'))('frontend')).toBe(imageTag('frontend', 'localhost:5001'));
  });

  test('broken, names each wrong entry and the way out', () => {
    const file = join(directory, 'bad.json');
    writeFileSync(file, JSON.stringify({ ...images, frontend: 'frontend:latest' }));
    expect(() => imageOf(file)).toThrow(
      /^images\.lock\.json cannot be used:\n {2}frontend: is no registry.*\nRun "make push" to write it anew/s,
    );
  });
});
