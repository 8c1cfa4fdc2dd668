import { existsSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { parse } from 'yaml';
import { textFiles } from '../command/releases.js';
import { isRecord } from '../model/manifest.js';
import { helm } from './helm.js';

/** A Helm chart on this computer. */
export interface Chart {
  readonly name: string;
  readonly version: string;
  /** Its folder. */
  readonly directory: string;
  /** How the user called it. */
  readonly title: string;
  /** Its files by relative path. */
  readonly files: ReadonlyMap<string, string>;
  /** What its values.yaml holds. */
  readonly values: unknown;
  /** Deletes what was unpacked for it. */
  readonly remove: () => void;
}

/**
 * A chart by its folder, its .tgz, or the name of it in a registry (`oci://…`), which Helm then fetches.
 *
 * @throws Error when it is no chart, or Helm cannot fetch it
 */
export function readChart(title: string): Chart {
  const packed = !existsSync(title) || !statSync(title).isDirectory();
  const scratch = packed ? mkdtempSync(join(tmpdir(), 'cafe-chart-')) : undefined;
  const remove = (): void => {
    if (scratch !== undefined) rmSync(scratch, { recursive: true, force: true });
  };
  try {
    const directory = scratch === undefined ? title : unpacked(title, scratch);
    const files = new Map(textFiles(directory));
    const about: unknown = parse(files.get('Chart.yaml') ?? '');
    if (!isRecord(about) || typeof about['name'] !== 'string') {
      throw new Error(
        `${title} has no Chart.yaml with a name. Name the folder of a Helm chart, or its .tgz.`,
      );
    }
    const values: unknown = parse(files.get('values.yaml') ?? '{}', { merge: true }) ?? {};
    const version = typeof about['version'] === 'string' ? about['version'] : '';
    return { name: about['name'], version, directory, title, files, values, remove };
  } catch (error) {
    remove();
    throw error;
  }
}

function unpacked(title: string, scratch: string): string {
  if (existsSync(title)) {
    const { status, stderr, error } = spawnSync('tar', ['-xzf', title, '-C', scratch], { encoding: 'utf8' });
    if (error ?? status !== 0)
      throw new Error(`${title} is no packed chart: ${error?.message ?? stderr.trim()}`);
  } else if (title.includes('://')) helm('pull', '--untar', '--untardir', scratch, title);
  else throw new Error(`there is no chart "${title}"; name a folder, a .tgz, or an address such as oci://….`);
  const [only] = readdirSync(scratch);
  return join(scratch, only ?? '');
}
