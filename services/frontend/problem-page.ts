import type { Problem } from '@cafe-lumiere/runtime/http';
import { html } from './html.js';
import { layout, type Site } from './layout.js';

/** A problem for somebody with a browser. */
export function problemPage(site: Site, problem: Problem): string {
  const title = problem.status === 404 ? 'There is nothing here' : 'That did not work';
  return layout(site, {
    title,
    name: 'problem',
    content: html`
      <h1>${title}</h1>
      <p>${problem.options.detail ?? problem.title}</p>
      <p><a class="button" href="/">To the menu</a></p>
    `,
  });
}
