import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';
import { packedChromium, unpackChromium } from './packed-chromium-fixture.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

const installed = (names: readonly string[]): string | undefined =>
  names
    .map((name) => spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).stdout.trim())
    .find((path) => path !== '');

const given = process.env['CHROMIUM'];
const packed = given === undefined ? packedChromium() : undefined;
const path = packed ? undefined : installed(given === undefined ? NAMES : [given]);

/** Whether there is a Chromium: the one that `CHROMIUM` names, else the one from npm, else this computer's own. */
export const chromiumFound = packed !== undefined || path !== undefined;

/**
 * A Chromium without a window.
 *
 * @param further - arguments of its command line
 * @throws Error when there is none
 */
export async function launchChromium(further: readonly string[] = []): Promise<Browser> {
  // Its sandbox does not work under root, as in most containers; these pages are ours.
  const args = ['--no-sandbox', '--disable-dev-shm-usage', ...further];
  if (packed) return chromium.launch({ ...(await unpackChromium(packed)), args });
  if (path !== undefined) return chromium.launch({ executablePath: path, args });
  throw new Error(
    `There is no Chromium: npm has none for ${process.platform}-${process.arch}, and ` +
      `${given ?? NAMES.join(', ')} is not on the PATH. Install one, or set CHROMIUM to its path.`,
  );
}
