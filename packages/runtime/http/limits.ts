/** What one request may take of a service, each with its reason. Beyond it there is an answer that says so. */
export const REQUEST_LIMITS = {
  /** Bytes of a body, unpacked: no form and no JSON of ours comes near it, and files are not sent this way. */
  bodyBytes: 64 * 1024,
  /**
   * A client that still sends when its answer is there is read on for so long, and for so many bytes, before its connection
   * is closed: closed at once, the answer would be lost on its way (RFC 9112, section 9.6). nginx reads on for 5 s after the
   * last byte (`lingering_timeout`); a client that reads at all has the answer sooner.
   */
  lingerMs: 2000,
  lingerBytes: 1024 * 1024,
} as const;
