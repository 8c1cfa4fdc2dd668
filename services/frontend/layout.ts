import type { Assets } from './assets.js';
import { html, type Html } from './html.js';

/** What all pages of this café have. */
export interface Site {
  readonly assets: Assets;
  /** Whether there is no staff door, so that whoever comes is the staff. Each page says so. */
  readonly isOpen: boolean;
}

/** What differs between the pages. */
export interface Page {
  readonly title: string;
  /** Names the page for the style sheet. */
  readonly name: string;
  readonly content: Html;
  /** The page's script. @default - none */
  readonly script?: string;
  /** When and where a browser without JavaScript asks again. @default - never */
  readonly refresh?: { readonly seconds: number; readonly path: string };
}

const LINKS = [
  { name: 'order', path: '/', text: 'Order' },
  { name: 'kitchen', path: '/kitchen', text: 'Kitchen' },
  { name: 'display', path: '/display', text: 'Display' },
] as const;
const OPEN = html`<p class="open">
  This café is open to everybody, its kitchen too: no staff password is set.
</p>`;
const CURRENT = html`aria-current="page"`;

/** A whole page. */
export function layout({ assets, isOpen }: Site, { title, name, content, script, refresh }: Page): string {
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} · Café Lumière</title>
        <link rel="icon" href="${assets.path('favicon.svg')}" />
        <link rel="stylesheet" href="${assets.path('style.css')}" />
        ${script === undefined ? undefined : html`<script type="module" src="${assets.path(script)}"></script>`}
        ${refresh && html`<noscript><meta http-equiv="refresh" content="${refresh.seconds}; url=${refresh.path}" /></noscript>`}
      </head>
      <body class="${name}">
        <header>
          <p class="brand">Café Lumière</p>
          <nav aria-label="Pages">
            ${LINKS.map((link) => html`<a href="${link.path}" ${link.name === name ? CURRENT : undefined}>${link.text}</a> `)}
          </nav>
          ${isOpen ? OPEN : undefined}
        </header>
        <main>${content}</main>
      </body>
    </html> `;
  return page.toString();
}
