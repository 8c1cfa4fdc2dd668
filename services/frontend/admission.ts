import type { Context } from 'koa';
import { type Admit, type AdmittedRoute, Problem } from '@cafe-lumiere/runtime/http';
import type { StaffDoor } from './staff-door.js';

/**
 * Who may have what: nothing is changed for a page of another site, and what is the staff's, the door decides.
 *
 * @param tlsRequired - whether what has come without TLS is refused, and a page shown over TLS instead
 */
export function admission(door: StaffDoor | undefined, tlsRequired: boolean): Admit {
  return (context, route) => {
    if (tlsRequired && !context.secure) return askAgainOverTls(context, route);
    if (route.method !== 'get') refuseOtherSites(context);
    return door?.admit(context, route) ?? true;
  };
}

/** @returns that it is answered @throws Problem 403 where the request may hold a secret, or is a program's */
function askAgainOverTls(context: Context, { method, page }: AdmittedRoute): false {
  const url = `https://${context.hostname}${context.url}`;
  if (!page || method !== 'get') {
    throw new Problem(403, {
      detail: `This came without TLS, and others may have read it on its way. Send it to ${url}.`,
    });
  }
  context.set('Cache-Control', 'no-store');
  context.status = 308;
  context.redirect(url);
  return false;
}

/**
 * A browser says from where a request comes, and no page can make it say otherwise. Programs and browsers of before 2020
 * say nothing; they carry no cookie that somebody else's page could use. As net/http.CrossOriginProtection of Go has it.
 *
 * @see https://www.w3.org/TR/fetch-metadata/
 * @throws Problem 403
 */
function refuseOtherSites(context: Context): void {
  const site = context.get('sec-fetch-site');
  if (site === 'same-origin' || site === 'none') return;
  const origin = context.get('origin');
  // Browsers send the first over https and to localhost only.
  if (site === '' && (origin === '' || isHere(origin, context.host))) return;
  const from = origin === '' || origin === 'null' ? 'another site' : origin;
  throw new Problem(403, {
    detail: `This came from a page of ${from}. Only the pages of ${context.host} can change something here.`,
  });
}

const isHere = (origin: string, host: string): boolean =>
  URL.canParse(origin) && new URL(origin).host === host;
