import type { Context } from 'koa';
import { z } from 'zod';
import type { Logger } from '@cafe-lumiere/runtime';
import type { Upstream } from '@cafe-lumiere/runtime/upstream';
import { clientNetwork, type Admit, Problem, type Route, validForm } from '@cafe-lumiere/runtime/http';
import { Guesses } from './guesses.js';
import { html } from './html.js';
import { layout, type Site } from './layout.js';
import { OrderServiceGuesses } from './shared-guesses.js';
import { StaffSession } from './staff-session.js';

const DOOR = '/staff';

/** Who is let in to what is the staff's, and the pages of the door itself. */
export interface StaffDoor {
  readonly isStaff: (context: Context) => Promise<boolean>;
  readonly admit: Admit;
  readonly pages: readonly Route[];
}

/** What a door needs. */
export interface StaffDoorParts {
  readonly password: string;
  readonly signingKey: string | undefined;
  /** Keeps the count of wrong guesses of all pods. */
  readonly orders: Upstream;
  readonly site: Site;
  readonly log: Logger;
}

/** Behind TLS a name that a browser takes only from us, for the whole host and with `Secure`; else there is no such name. */
const cookieName = ({ secure }: Context): string => (secure ? '__Host-staff' : 'staff');

/** Lets only those who know the password into the kitchen. What is for whom, each route says. */
export function staffDoor({ password, signingKey, orders, site, log }: StaffDoorParts): StaffDoor {
  const session = new StaffSession(password, signingKey);
  const guesses = new Guesses(new OrderServiceGuesses(orders, log));
  const cookieOf = (context: Context): string | undefined => context.cookies.get(cookieName(context));
  const setCookie = (context: Context, value: string, seconds: number): void => {
    context.cookies.set(cookieName(context), value, {
      httpOnly: true,
      sameSite: 'strict',
      secure: context.secure,
      maxAge: seconds * 1000,
      overwrite: true,
    });
  };
  const isStaff = (context: Context): Promise<boolean> => session.admits(cookieOf(context));

  const show = (context: Context): void => {
    context.set('Cache-Control', 'no-store');
    context.body = doorPage(site);
  };
  const logIn = async (context: Context): Promise<void> => {
    context.set('Cache-Control', 'no-store');
    const { password: given } = await validForm(context, z.looseObject({ password: z.string().catch('') }));
    const client = clientNetwork(context.ip);
    // Somebody who guesses from the same address does not keep them waiting.
    const known = await session.knows(cookieOf(context));
    const lane = await session.pseudonymOf(known ? `known at ${client}` : client);
    const right = await guesses.ask(lane, () => session.isPassword(given));
    if (right) {
      log.info({ event: 'authn_login_success', client }, `the staff logged in from ${client}`);
      setCookie(context, await session.issue(), session.maxAgeSeconds);
      context.status = 303;
      context.redirect('/kitchen');
      return;
    }
    const wrong = guesses.wrongFrom(lane);
    const event = right === undefined ? 'authn_login_throttled' : 'authn_login_fail';
    log.warn(
      { event, client, wrong },
      `a log-in of the staff from ${client} was refused: ${wrong} wrong in a row`,
    );
    context.status = right === undefined ? 429 : 401;
    if (right === undefined) context.set('Retry-After', '5');
    const message =
      right === undefined
        ? 'Many are trying passwords from here just now. Try again in a moment.'
        : 'That is not the password.';
    context.body = doorPage(site, message);
  };
  const logOut = (context: Context): void => {
    context.set('Cache-Control', 'no-store');
    setCookie(context, '', 0);
    context.status = 303;
    context.redirect(DOOR);
  };

  const admit: Admit = async (context, { audience, page, method }) => {
    if (audience === 'everybody' || (await isStaff(context))) return true;
    context.set('Cache-Control', 'no-store');
    if (page && method === 'get') {
      context.status = 303;
      context.redirect(DOOR);
      return false;
    }
    throw new Problem(401, {
      detail: `This is for the staff. Log in at ${DOOR}.`,
      headers: { 'WWW-Authenticate': `Cookie form-action="${DOOR}", cookie-name=${cookieName(context)}` },
    });
  };
  return {
    isStaff,
    admit,
    pages: [
      { method: 'get', path: DOOR, audience: 'everybody', answer: show },
      { method: 'post', path: DOOR, audience: 'everybody', answer: logIn },
      { method: 'post', path: `${DOOR}/log-out`, audience: 'everybody', answer: logOut },
    ],
  };
}

/** Whether an answer is one to a wrong password, or to too many of them: the door logs these by itself. */
export const isLogInRefused = (path: string, status: number): boolean =>
  path === DOOR && (status === 401 || status === 429);

/** The way out again, for the kitchen's page. */
export const logOutForm = html`
  <form method="post" action="${DOOR}/log-out"><button class="button quiet">Log out</button></form>
`;

function doorPage(site: Site, message?: string): string {
  return layout(site, {
    title: 'Staff',
    name: 'door',
    content: html`
      <form method="post" action="${DOOR}">
        <h1>Staff only</h1>
        <p class="message" role="alert">${message}</p>
        <label for="password">Password</label>
        <input id="password" name="password" type="password" required autocomplete="current-password" />
        <button class="button">Open the kitchen</button>
      </form>
    `,
  });
}
