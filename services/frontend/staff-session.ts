import { createHmac, hash, timingSafeEqual } from 'node:crypto';

/** A shift, and then some: nobody should have to log in with flour on their hands. */
const SESSION_SECONDS = 12 * 3600;
/** Wrong passwords from one address in a minute; then it has to wait. */
const ATTEMPTS = 5;
const MINUTE_MS = 60_000;

/** Who knows the staff's password: asked once, and then kept in a signed cookie that every pod can check. */
export class StaffSession {
  readonly maxAgeSeconds = SESSION_SECONDS;
  private readonly key: Buffer;
  private readonly digest: Buffer;
  private failures = new Map<string, number>();
  private minute = 0;

  /** @param now - milliseconds since 1970 */
  constructor(
    password: string,
    private readonly now: () => number = Date.now,
  ) {
    // From the password alone, so that all pods have the same, and a changed password ends every session.
    this.key = createHmac('sha256', password).update('café lumière staff session 1').digest();
    this.digest = digestOf(password);
  }

  /** A cookie's value for somebody who has just given the right password. */
  issue(): string {
    const end = String(Math.floor(this.now() / 1000) + SESSION_SECONDS);
    return `${end}.${this.sign(end)}`;
  }

  /** Whether a cookie's value is ours and not over. */
  admits(cookie: string | undefined): boolean {
    const [, end, signature] = /^(\d{1,12})\.([\w-]{43})$/.exec(cookie ?? '') ?? [];
    if (end === undefined || signature === undefined) return false;
    const ours = timingSafeEqual(Buffer.from(signature), Buffer.from(this.sign(end)));
    return ours && Number(end) * 1000 > this.now();
  }

  /** Whether an address may try a password now. */
  mayTry(address: string): boolean {
    const minute = Math.floor(this.now() / MINUTE_MS);
    if (minute !== this.minute) {
      this.minute = minute;
      this.failures = new Map();
    }
    return (this.failures.get(address) ?? 0) < ATTEMPTS;
  }

  /** Whether it is the password; takes as long for a wrong one, however much of it is right. */
  isPassword(given: string, address: string): boolean {
    const right = timingSafeEqual(digestOf(given), this.digest);
    if (!right) this.failures.set(address, (this.failures.get(address) ?? 0) + 1);
    return right;
  }

  private sign(text: string): string {
    return createHmac('sha256', this.key).update(text).digest('base64url');
  }
}

/** Of equal length, whatever was typed. */
const digestOf = (text: string): Buffer => Buffer.from(hash('sha256', text, 'hex'), 'hex');
