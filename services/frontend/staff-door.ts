import type { Context } from 'koa';
import { z } from 'zod';
import { type Admit, Problem, type Route, validForm } from '@cafe-lumiere/runtime/http';
import type { Assets } from './assets.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { StaffSession } from './staff-session.js';

const COOKIE = 'staff';
const DOOR = '/staff';

/** Who is let in to what is the staff's, and the pages of the door itself. */
export interface StaffDoor {
  readonly isStaff: (context: Context) => boolean;
  readonly admit: Admit;
  readonly pages: readonly Route[];
}

/** Lets only those who know the password into the kitchen. What is for whom, each route says. */
export function staffDoor(password: string, assets: Assets): StaffDoor {
  const session = new StaffSession(password);
  const show = (context: Context): void => {
    context.set('Cache-Control', 'no-store');
    context.body = doorPage(assets);
  };
  const logIn = async (context: Context): Promise<void> => {
    context.set('Cache-Control', 'no-store');
    const { password: given } = await validForm(context, z.looseObject({ password: z.string().catch('') }));
    if (!session.mayTry(context.ip)) {
      context.status = 429;
      context.set('Retry-After', '60');
      context.body = doorPage(assets, 'Too many wrong passwords. Wait a minute.');
      return;
    }
    if (!session.isPassword(given, context.ip)) {
      context.status = 401;
      context.body = doorPage(assets, 'That is not the password.');
      return;
    }
    context.cookies.set(COOKIE, session.issue(), {
      httpOnly: true,
      sameSite: 'strict',
      secure: context.secure,
      maxAge: session.maxAgeSeconds * 1000,
      overwrite: true,
    });
    context.status = 303;
    context.redirect('/kitchen');
  };
  const isStaff = (context: Context): boolean => session.admits(context.cookies.get(COOKIE));
  const admit: Admit = (context, { audience, page, method }) => {
    if (audience === 'everybody' || isStaff(context)) return true;
    context.set('Cache-Control', 'no-store');
    if (page && method === 'get') {
      context.status = 303;
      context.redirect(DOOR);
      return false;
    }
    throw new Problem(401, {
      detail: `This is for the staff. Log in at ${DOOR}.`,
      headers: { 'WWW-Authenticate': `Cookie form-action="${DOOR}", cookie-name=${COOKIE}` },
    });
  };
  return {
    isStaff,
    admit,
    pages: [
      { method: 'get', path: DOOR, audience: 'everybody', answer: show },
      { method: 'post', path: DOOR, audience: 'everybody', answer: logIn },
    ],
  };
}

function doorPage(assets: Assets, message?: string): string {
  return layout(assets, {
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
