import Router from '@koa/router';
import type { Middleware } from 'koa';
import { z } from 'zod';
import { Problem } from '@cafe-lumiere/runtime/http';
import { validForm } from '@cafe-lumiere/runtime/http';
import type { Assets } from './assets.js';
import { html } from './html.js';
import { layout } from './layout.js';
import { StaffSession } from './staff-session.js';

const COOKIE = 'staff';
const DOOR = '/staff';

/** A middleware in front of what is the staff's, and the routes of the door itself. */
export interface StaffDoor {
  readonly guard: Middleware;
  readonly routes: Router;
}

/** A guest sees the menu, the screen, and an order whose number they know. All else is the staff's. */
function isForStaff(method: string, path: string): boolean {
  if (path === '/kitchen' || path.startsWith('/kitchen/') || path.startsWith('/api/kitchen/')) return true;
  return path === '/api/orders' && method !== 'POST';
}

/** Lets only those who know the password into the kitchen. */
export function staffDoor(password: string, assets: Assets): StaffDoor {
  const session = new StaffSession(password);
  const routes = new Router();
  routes.get(DOOR, (context) => {
    context.set('Cache-Control', 'no-store');
    context.body = doorPage(assets);
  });
  routes.post(DOOR, async (context) => {
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
  });
  const guard: Middleware = async (context, next) => {
    if (!isForStaff(context.method, context.path) || session.admits(context.cookies.get(COOKIE))) {
      await next();
      return;
    }
    context.set('Cache-Control', 'no-store');
    if (context.method === 'GET' && !context.path.startsWith('/api/')) {
      context.status = 303;
      context.redirect(DOOR);
      return;
    }
    throw new Problem(401, {
      detail: `This is for the staff. Log in at ${DOOR}.`,
      headers: { 'WWW-Authenticate': `Cookie form-action="${DOOR}", cookie-name=${COOKIE}` },
    });
  };
  return { guard, routes };
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
