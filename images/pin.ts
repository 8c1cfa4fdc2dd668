import { spawnSync } from 'node:child_process';
import { defaultImage } from '@cafe-lumiere/postgresql';
import { baseImage } from './base-image.js';
import { writeImages } from './image-lock.js';

// Records what the tags of other people's images are now, in the registry that Docker asks here: the services' base and
// PostgreSQL. From then on "make images" and "make synth" take exactly those, until this is run again.

const docker = (...words: readonly string[]): string => {
  const { status, stdout, stderr, error } = spawnSync('docker', words, { encoding: 'utf8' });
  if (status === 0) return stdout.trim();
  console.error(`docker ${words.join(' ')} failed: ${error?.message ?? stderr.trim()}`);
  process.exit(1);
};

const pinned = (tag: string): string => {
  docker('pull', '--quiet', tag);
  const digests = docker('image', 'inspect', '--format', '{{join .RepoDigests " "}}', tag).split(' ');
  // The same image may have been pulled under other names, from other registries.
  const digest = digests.find((each) => each.startsWith(`${tag.replace(/:[^:/]+$/, '')}@sha256:`));
  if (digest === undefined) {
    console.error(
      `${tag} has no digest of its own here, only: ${digests.join(', ') || 'none'}. Was it built on this computer?`,
    );
    process.exit(1);
  }
  console.log(`pinned ${tag} to ${digest.replace(/^.*@/, '')}`);
  return `${tag}@${digest.replace(/^.*@/, '')}`;
};

const tags = [baseImage(), defaultImage()];
writeImages(Object.fromEntries(tags.map((each) => [each, pinned(each)])));
console.log('wrote images.lock.json; "make images" and "make synth" now take these');
