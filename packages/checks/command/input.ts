import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { renderedChart } from '../charts/helm.js';
import { isReadByKubectl, type Objects, readDirectory, readFiles, readText } from './directory.js';

const KUSTOMIZATION = /^(?:kustomization\.ya?ml|Kustomization)$/;

/** What is looked at: files, folders, kustomizations and charts, or `-` for the standard input. */
export interface Input {
  readonly targets: readonly string[];
  /** Whether folders below are looked at as well. */
  readonly recursive: boolean;
  readonly readStandardInput: () => string;
}

/**
 * The objects of all targets together.
 *
 * @throws Error when a target is not there, holds nothing, or needs a tool that is not
 */
export function readInput({ targets, recursive, readStandardInput }: Input): Objects {
  const all = targets.map((target): Objects => {
    if (target === '-') return readText(readStandardInput(), 'the standard input');
    if (!existsSync(target)) throw new Error(`there is no file or folder "${target}".`);
    if (KUSTOMIZATION.test(basename(target))) return kustomized(dirname(target));
    if (!statSync(target).isDirectory()) return readFiles([target]);
    const names = readdirSync(target);
    if (names.some((name) => KUSTOMIZATION.test(name))) return kustomized(target);
    if (names.includes('Chart.yaml')) return rendered(target);
    return recursive ? readFiles(filesBelow(target)) : readDirectory(target);
  });
  const objects: Objects = {
    manifests: all.flatMap(({ manifests }) => manifests),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
  };
  const names = targets.map((target) => (target === '-' ? 'the standard input' : target)).join(' and ');
  if (objects.manifests.length + objects.unreadable.length === 0) {
    throw new Error(`there is nothing in ${names}.`);
  }
  const [first] = objects.manifests;
  if (
    first &&
    objects.manifests.every(({ apiVersion }) => apiVersion.startsWith('kustomize.config.k8s.io/'))
  ) {
    throw new Error(
      `${names} is a kustomization, and holds no object itself: kubectl kustomize DIR | cafe check -`,
    );
  }
  return objects;
}

/** What a kustomization makes. Nothing outside of kubectl knows all of its fields. */
function kustomized(directory: string): Objects {
  const { status, stdout, stderr, error } = spawnSync('kubectl', ['kustomize', directory], {
    encoding: 'utf8',
    maxBuffer: 2 ** 28,
  });
  if (error) {
    throw new Error(
      `${directory} is a kustomization, and kubectl, which renders it, is not here: kubectl kustomize ${directory} | cafe check -`,
    );
  }
  if (status !== 0) throw new Error(`kubectl kustomize ${directory} fails: ${stderr.trim()}`);
  return readText(stdout, `kubectl kustomize ${directory}`);
}

/** What a chart makes with its own values. */
function rendered(directory: string): Objects {
  const text = renderedChart(directory, 'release', 'default');
  if (text === undefined) {
    throw new Error(
      `${directory} is a Helm chart, and helm, which renders it, is not here: helm template NAME ${directory} | cafe check -`,
    );
  }
  return readText(text, `helm template ${directory}`);
}

/** Manifests in a folder and below it; not those of charts, nor kustomizations, whose parts are objects only when rendered. */
function filesBelow(directory: string): readonly string[] {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  if (entries.some(({ name }) => name === 'Chart.yaml')) return [];
  return entries.flatMap((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory()) return /^(?:\.|node_modules$)/.test(entry.name) ? [] : filesBelow(path);
    return isReadByKubectl(entry.name) && !KUSTOMIZATION.test(entry.name) ? [path] : [];
  });
}

/** The one folder that is looked at, for what git and its charts say of it. */
export const folderOf = (targets: readonly string[]): string | undefined => {
  const [only, ...others] = targets;
  if (only === undefined || others.length > 0 || only === '-' || !statSync(only).isDirectory())
    return undefined;
  const names = readdirSync(only);
  return names.some((name) => KUSTOMIZATION.test(name) || name === 'Chart.yaml') ? undefined : only;
};

/** The text of a file. @throws Error when it is not there */
export const textOf = (path: string): string => {
  if (!existsSync(path)) throw new Error(`there is no file "${path}".`);
  return readFileSync(path, 'utf8');
};
