import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { digestOf, imageOf, imageTag, writeImages } from './image-lock.js';

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

  test('pins images of others beside ours, and each alone', () => {
    const file = join(directory, 'others.json');
    const digest = `sha256:${'1b'.repeat(32)}`;
    writeImages({ 'node:24-slim': `node:24-slim@${digest}` }, file);
    expect(digestOf(file)('node:24-slim')).toBe(digest);
    // Another tag since then: the digest would take the old one's place, whatever the tag says.
    expect(digestOf(file)('node:26-slim')).toBeUndefined();
    expect(imageOf(file)('frontend')).toBe(imageTag('frontend', 'localhost:5001'));
    writeImages(images, file);
    expect([imageOf(file)('frontend'), digestOf(file)('node:24-slim')]).toEqual([images.frontend, digest]);
    expect(digestOf(join(directory, 'absent.json'))('node:24-slim')).toBeUndefined();
  });

  test('broken, names each wrong entry and the way out', () => {
    const file = join(directory, 'bad.json');
    writeFileSync(file, JSON.stringify({ ...images, frontend: 'frontend:latest' }));
    expect(() => imageOf(file)).toThrow(
      /^images\.lock\.json cannot be used:\n {2}frontend: is no registry.*\nDelete it to use this version's tags, or write it anew/s,
    );
  });
});
