import type { Assets } from './assets.js';
import { html, type Html } from './html.js';

/** What differs between the pages. */
export interface Page {
  readonly title: string;
  /** Names the page for the style sheet. */
  readonly name: string;
  readonly content: Html;
  /** The page's script. @default - none */
  readonly script?: string;
  /** Seconds after which a browser without JavaScript asks again. @default - never */
  readonly refreshSeconds?: number;
}

/** A whole page. */
export function layout(assets: Assets, page: Page): string {
  return `<!doctype html>\n${html`<html lang="en">
    <head>
      <meta charset="utf-8" />
      <meta name="viewport" content="width=device-width, initial-scale=1" />
      <meta name="color-scheme" content="light dark" />
      <title>${page.title} · Café Lumière</title>
      <link rel="icon" href="${assets.path('favicon.svg')}" />
      <link rel="stylesheet" href="${assets.path('style.css')}" />
      ${page.script === undefined ? undefined : html`<script type="module" src="${assets.path(page.script)}"></script>`}
      ${page.refreshSeconds === undefined ? undefined : html`<noscript><meta http-equiv="refresh" content="${page.refreshSeconds}" /></noscript>`}
    </head>
    <body class="${page.name}">
      <header>
        <p class="brand">Café Lumière</p>
        <nav aria-label="Pages">
          ${LINKS.map(({ name, path, text }) => html`<a href="${path}" ${name === page.name ? CURRENT : undefined}>${text}</a> `)}
        </nav>
      </header>
      <main>${page.content}</main>
    </body>
  </html>`.toString()}\n`;
}

const CURRENT = html` aria-current="page"`;
const LINKS = [
  { name: 'order', path: '/', text: 'Order' },
  { name: 'kitchen', path: '/kitchen', text: 'Kitchen' },
  { name: 'display', path: '/display', text: 'Display' },
] as const;
