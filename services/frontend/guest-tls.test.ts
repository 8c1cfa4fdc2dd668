import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { ServiceFixture } from '@cafe-lumiere/runtime/testing';
import { frontendServer } from './frontend.js';

/** Nobody listens on port 1: what is refused is refused without asking anybody. */
const NOBODY = { ORDER_SERVICE_URL: 'http://127.0.0.1:1', KITCHEN_SERVICE_URL: 'http://127.0.0.1:1' };
const TLS = { GUEST_TLS: 'required', TRUSTED_PROXIES: '1' };

describe('behind a proxy that ends the guests’ TLS', () => {
  let pages: ServiceFixture;
  beforeAll(async () => {
    pages = await ServiceFixture.start(frontendServer, {
      ...NOBODY,
      ...TLS,
      STAFF_PASSWORD: 'croissant-with-butter',
      STAFF_SIGNING_KEY: 'a key of at least thirty-two characters',
    });
  });
  afterAll(async () => {
    await pages.drain();
  });

  const ask = (method: string, path: string, proto: 'http' | 'https', body?: URLSearchParams) =>
    fetch(`${pages.url}${path}`, {
      method,
      redirect: 'manual',
      headers: { 'x-forwarded-proto': proto, 'x-forwarded-host': 'cafe.example.com' },
      ...(body ? { body } : {}),
    });

  test('a page that was asked for without TLS is shown over TLS', async () => {
    const answer = await ask('GET', '/?order=ABC-DEF', 'http');
    expect([answer.status, answer.headers.get('location')]).toEqual([
      308,
      'https://cafe.example.com/?order=ABC-DEF',
    ]);
    const page = await ask('GET', '/', 'https');
    expect(page.status).toBe(200);
    expect(page.headers.get('strict-transport-security')).toBe('max-age=31536000');
    expect(await page.text()).not.toContain('open to everybody');
  });

  test('what may hold a secret, and what a program asks, is refused', async () => {
    for (const [method, path] of [
      ['POST', '/staff'],
      ['POST', '/'],
      ['POST', '/api/orders'],
      ['GET', '/api/menu'],
    ] as const) {
      expect([path, (await ask(method, path, 'http')).status]).toEqual([path, 403]);
      const direct = await fetch(`${pages.url}${path}`, { method, redirect: 'manual' });
      expect([path, direct.status]).toEqual([path, 403]);
    }
    expect((await ask('GET', '/api/menu', 'https')).status).toBe(200);
    expect((await fetch(`${pages.url}/health`)).status).toBe(200);
  });

  test('the staff’s cookie is Secure, and taken from this host alone', async () => {
    const given = await ask(
      'POST',
      '/staff',
      'https',
      new URLSearchParams({ password: 'croissant-with-butter' }),
    );
    expect(given.status).toBe(303);
    expect(given.headers.get('set-cookie')).toMatch(/^__Host-staff=.*; secure/i);
  });
});

test('TLS that nobody could say of a request does not start', async () => {
  await expect(
    ServiceFixture.start(frontendServer, { ...NOBODY, ...TLS, TRUSTED_PROXIES: '0' }),
  ).rejects.toThrow('frontend: GUEST_TLS is "required", and TRUSTED_PROXIES is 0');
});
