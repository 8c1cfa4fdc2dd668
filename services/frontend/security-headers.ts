import type { Middleware } from 'koa';

/** Nothing from elsewhere, nothing inline, in nobody's frame. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Headers for everything that a browser may show. */
export function securityHeaders(): Middleware {
  return async (context, next) => {
    context.set({
      'Content-Security-Policy': CONTENT_SECURITY_POLICY,
      'X-Content-Type-Options': 'nosniff',
      // Not `no-referrer`: with that a browser says `Origin: null` of our own forms, see admission.ts.
      'Referrer-Policy': 'same-origin',
    });
    await next();
  };
}
