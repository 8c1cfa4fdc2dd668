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

/** A year, in which a browser comes to this host over TLS alone. */
const STRICT_TRANSPORT_SECURITY = { 'Strict-Transport-Security': 'max-age=31536000' } as const;

/**
 * Headers of everything that a browser may show.
 *
 * @param tlsRequired - whether guests come over TLS only
 */
export const securityHeaders = (tlsRequired: boolean): Readonly<Record<string, string>> => ({
  ...(tlsRequired ? STRICT_TRANSPORT_SECURITY : {}),
  'Content-Security-Policy': CONTENT_SECURITY_POLICY,
  'X-Content-Type-Options': 'nosniff',
  // Not `no-referrer`: with that a browser says `Origin: null` of our own forms, see admission.ts.
  'Referrer-Policy': 'same-origin',
});
