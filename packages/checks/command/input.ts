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

/** What was read, and what below it is objects only when it is rendered. */
export interface Read extends Objects {
  readonly unrendered: readonly Unrendered[];
}

/** A folder below one that is looked at. */
export interface Unrendered {
  readonly directory: string;
  readonly kind: 'chart' | 'kustomization';
}

/**
 * The objects of all targets together.
 *
 * @throws Error when a target is not there, holds nothing, or needs a tool that is not
 */
export function readInput({ targets, recursive, readStandardInput }: Input): Read {
  const all = targets.map((target) =>
    target === '-'
      ? { ...readText(readStandardInput(), 'the standard input'), unrendered: [] }
      : readTarget(target, recursive),
  );
  const read: Read = {
    manifests: all.flatMap(({ manifests }) => manifests),
    unreadable: all.flatMap(({ unreadable }) => unreadable),
    unrendered: all.flatMap(({ unrendered }) => unrendered),
  };
  const names = targets.map((target) => (target === '-' ? 'the standard input' : target)).join(' and ');
  if (read.manifests.length + read.unreadable.length === 0) {
    const below = read.unrendered.map(
      ({ directory, kind }) => `${directory} is a ${kind}: cafe check ${directory}`,
    );
    throw new Error([`there is nothing in ${names}.`, ...below].join('\n'));
  }
  const [first] = read.manifests;
  if (first && read.manifests.every(({ apiVersion }) => apiVersion.startsWith('kustomize.config.k8s.io/'))) {
    throw new Error(
      `${names} is a kustomization, and holds no object itself: kubectl kustomize DIR | cafe check -`,
    );
  }
  return read;
}

/**
 * The objects of one file, folder, kustomization or chart.
 *
 * @throws Error when it is not there, or needs a tool that is not
 */
export function readTarget(target: string, recursive: boolean): Read {
  if (!existsSync(target)) throw new Error(`there is no file or folder "${target}".`);
  const whole = (objects: Objects): Read => ({ ...objects, unrendered: [] });
  if (KUSTOMIZATION.test(basename(target))) return whole(kustomized(dirname(target)));
  if (!statSync(target).isDirectory()) return whole(readFiles([target]));
  const names = readdirSync(target);
  if (names.some((name) => KUSTOMIZATION.test(name))) return whole(kustomized(target));
  if (names.includes('Chart.yaml')) return whole(rendered(target));
  if (!recursive) return whole(readDirectory(target));
  const { files, unrendered } = below(target);
  return { ...readFiles(files), unrendered };
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

/** Manifests in a folder and below it, and what there is none before it is rendered. */
function below(directory: string): Pick<Read, 'unrendered'> & { readonly files: readonly string[] } {
  const entries = readdirSync(directory, { withFileTypes: true }).sort((left, right) =>
    left.name < right.name ? -1 : 1,
  );
  const isChart = entries.some(({ name }) => name === 'Chart.yaml');
  if (isChart || entries.some(({ name }) => KUSTOMIZATION.test(name))) {
    return { files: [], unrendered: [{ directory, kind: isChart ? 'chart' : 'kustomization' }] };
  }
  const parts = entries.map((entry) => {
    const path = join(directory, entry.name);
    if (entry.isDirectory() && !/^(?:\.|node_modules$)/.test(entry.name)) return below(path);
    return { files: entry.isFile() && isReadByKubectl(entry.name) ? [path] : [], unrendered: [] };
  });
  return {
    files: parts.flatMap(({ files }) => files),
    unrendered: parts.flatMap(({ unrendered }) => unrendered),
  };
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
