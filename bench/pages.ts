import { mkdirSync } from 'node:fs';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { CafeFixture } from '../services/frontend/cafe-fixture.js';
import { launchChromium } from '../services/frontend/chromium-fixture.js';
import { median } from './statistics.js';
import { writeSection } from './section.js';

// Takes the README's pictures of the pages, and measures each: bytes over the wire, and the time until its largest part
// is painted on a processor that is slowed down four times. Writes both into docs/.

const SIZES = { phone: { width: 390, height: 844 }, desktop: { width: 1280, height: 800 } } as const;
const PAGES = { order: '/', kitchen: '/kitchen', display: '/display' } as const;
const GUESTS = ['Zoë', 'Ada', 'Jun', 'Émile', 'Mira', 'Noah'];
const ROUNDS = 5;
const SLOWDOWN = 4;

const browser = await launchChromium();
const cafe = await CafeFixture.start();
try {
  await fill();
  mkdirSync('docs/screenshots', { recursive: true });
  const rows: string[] = [];
  for (const [name, address] of Object.entries(PAGES)) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const page = await browser.newPage({ viewport, colorScheme: 'light', locale: 'en-IE' });
      await page.goto(`${cafe.pages.url}${address}`, { waitUntil: 'load' });
      await page.waitForTimeout(500);
      await page.screenshot({ path: `docs/screenshots/${name}-${size}.png` });
      await page.close();
    }
    const { bytes, paint } = await measure(browser, `${cafe.pages.url}${address}`);
    rows.push(
      `| ${name} | ${(bytes / 1000).toFixed(1)} kB (at most 40) | ${paint.toFixed(0)} ms (below 500) |`,
    );
  }
  const table = [
    '| page | over the wire | largest paint, slowed four times |',
    '| --- | --- | --- |',
    ...rows,
  ];
  console.log(table.join('\n'));
  writeSection('docs/benchmarks.md', 'pages', table.join('\n'));
} finally {
  await browser.close();
  await cafe.end();
}

/** A café on a busy morning. */
async function fill(): Promise<void> {
  for (const [index, guest] of GUESTS.entries()) {
    const body = {
      customer_name: guest,
      items: [
        { id: 1 + index, quantity: 1 + (index % 2) },
        { id: 8 + index * 3, quantity: 1 },
      ],
    };
    const placed = await cafe.pages.send('POST', '/api/orders', { body });
    const { order_number: number } = z.object({ order_number: z.string() }).parse(placed.body);
    for (const step of ['start', 'ready'].slice(0, Math.max(0, 2 - Math.floor(index / 2)))) {
      await cafe.pages.send('POST', `/api/kitchen/orders/${number}/${step}`);
    }
  }
}

async function measure(chromium: Browser, url: string): Promise<{ bytes: number; paint: number }> {
  const paints: number[] = [];
  const sums: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    // A new context each time: nothing is cached.
    const context = await chromium.newContext({ viewport: SIZES.phone });
    const page = await context.newPage();
    const session = await context.newCDPSession(page);
    await session.send('Emulation.setCPUThrottlingRate', { rate: SLOWDOWN });
    await session.send('Network.enable');
    const received = { bytes: 0 };
    session.on('Network.loadingFinished', ({ encodedDataLength }) => (received.bytes += encodedDataLength));
    await page.goto(url, { waitUntil: 'load' });
    await page.waitForTimeout(800);
    paints.push(await largestPaint(page));
    sums.push(received.bytes);
    await context.close();
  }
  return { bytes: median(sums), paint: median(paints) };
}

/** Milliseconds from the navigation; the browser's own measurement. */
async function largestPaint(page: Page): Promise<number> {
  return z.number().parse(
    await page.evaluate(`new Promise((done) => {
      new PerformanceObserver((list) => done(list.getEntries().at(-1).startTime))
        .observe({ type: 'largest-contentful-paint', buffered: true });
    })`),
  );
}
