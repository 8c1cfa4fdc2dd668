import { spawnSync } from 'node:child_process';
import { type Browser, chromium } from 'playwright-core';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The path of this computer's Chromium, or of the one that `CHROMIUM` names; nothing when there is none. */
export function chromiumPath(): string | undefined {
  const given = process.env['CHROMIUM'];
  const names = given === undefined ? NAMES : [given];
  return names
    .map((name) => spawnSync('sh', ['-c', 'command -v "$0"', name], { encoding: 'utf8' }).stdout.trim())
    .find((path) => path !== '');
}

/** A Chromium without a window. */
export function launchChromium(executablePath: string, further: readonly string[] = []): Promise<Browser> {
  // Its sandbox does not work under root, as in most containers; these pages are ours.
  return chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage', ...further] });
}
