import type { ServiceFixture } from '@cafe-lumiere/runtime/testing';

/** A page, as a browser without JavaScript has it. */
export interface Page {
  readonly status: number;
  /** Where it came from, redirects followed. */
  readonly path: string;
  readonly headers: Headers;
  readonly html: string;
}

const ACCEPT = { accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };

/** Opens a page. */
export async function open({ url }: ServiceFixture, path: string): Promise<Page> {
  return read(url, await fetch(`${url}${path}`, { headers: ACCEPT }));
}

/** Sends a form and follows where it leads. */
export async function submit(
  { url }: ServiceFixture,
  path: string,
  fields: Readonly<Record<string, string>> = {},
): Promise<Page> {
  const body = new URLSearchParams(fields);
  return read(url, await fetch(`${url}${path}`, { method: 'POST', headers: ACCEPT, body }));
}

/** The value of a field of a page's form. */
export function fieldOf({ html }: Page, name: string): string {
  const value = new RegExp(`name="${name}"[^>]*?value="([^"]*)"`).exec(html)?.[1];
  if (value === undefined) throw new Error(`the page has no field ${name} with a value`);
  return value;
}

/** The text of the element with this id; empty when it is hidden or has none. */
export function textOf({ html }: Page, id: string): string {
  const [, attributes = '', text = ''] =
    new RegExp(`<\\w+([^>]*? id="${id}"[^>]*)>([^<]*)<`).exec(html) ?? [];
  return / hidden\b/.test(attributes) ? '' : text.trim();
}

async function read(url: string, response: Response): Promise<Page> {
  return {
    status: response.status,
    path: response.url.slice(url.length),
    headers: response.headers,
    html: await response.text(),
  };
}
