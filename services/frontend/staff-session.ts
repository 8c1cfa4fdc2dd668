import { createHmac, hash, randomBytes, scrypt as scryptCallback, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';

const scrypt = promisify<string, Buffer | string, number, typeof SCRYPT, Buffer>(scryptCallback);

/**
 * OWASP's parameters for 16 MB: two guesses at the same time fit beside everything else into a pod.
 *
 * @see https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html#scrypt
 */
const SCRYPT = { N: 2 ** 14, r: 8, p: 5, maxmem: 32 * 1024 * 1024 };
const KEY_BYTES = 32;
/** A shift, and then some: nobody should have to log in with flour on their hands. */
const SESSION_SECONDS = 12 * 3600;
/** How long a browser is remembered as one of the staff's, which does not wait behind those who guess. */
const KNOWN_SECONDS = 30 * 24 * 3600;

/** Who knows the staff's password: asked once, and then kept in a signed cookie that every pod can check. */
export class StaffSession {
  /** How long a browser keeps the cookie; it opens the door for the first part of that only. */
  readonly maxAgeSeconds = KNOWN_SECONDS;
  private readonly salt = randomBytes(16);
  private readonly key: Promise<Buffer>;
  private readonly digest: Promise<Buffer>;

  /**
   * @param signingKey - signs the cookies; another one logs everybody out. @default - one made of the password, slowly, so
   *   that who has a cookie cannot try out passwords on it
   * @param now - milliseconds since 1970
   * @param cost - of a guess, for tests of anything but it
   */
  constructor(
    password: string,
    signingKey?: string,
    private readonly now: () => number = Date.now,
    private readonly cost: typeof SCRYPT = SCRYPT,
  ) {
    // The same in all pods; and with the password in it, a changed one ends every session.
    const made = signingKey === undefined ? undefined : `${signingKey}\n${hash('sha256', password, 'hex')}`;
    this.key =
      made === undefined
        ? scrypt(password, 'café lumière staff session 2', KEY_BYTES, cost)
        : Promise.resolve(createHmac('sha256', made).update('staff session 2').digest());
    this.digest = scrypt(password, this.salt, KEY_BYTES, cost);
  }

  /** A cookie's value for somebody who has just given the right password. */
  async issue(): Promise<string> {
    const end = String(Math.floor(this.now() / 1000) + SESSION_SECONDS);
    return `${end}.${await this.sign(end)}`;
  }

  /** Whether a cookie's value is ours and not over. */
  async admits(cookie: string | undefined): Promise<boolean> {
    const end = await this.endOf(cookie);
    return end !== undefined && end * 1000 > this.now();
  }

  /** Whether a cookie's value has been ours within the last weeks: its browser has known the password. */
  async knows(cookie: string | undefined): Promise<boolean> {
    const end = await this.endOf(cookie);
    return end !== undefined && (end + KNOWN_SECONDS) * 1000 > this.now();
  }

  /** Whether it is the password; takes as long for a wrong one, however much of it is right. */
  async isPassword(given: string): Promise<boolean> {
    return timingSafeEqual(await scrypt(given, this.salt, KEY_BYTES, this.cost), await this.digest);
  }

  /** A name for a client that tells nobody without the key where it is; the same in all pods. */
  pseudonymOf(client: string): Promise<string> {
    return this.sign(`guesses from ${client}`);
  }

  private async endOf(cookie: string | undefined): Promise<number | undefined> {
    const [, end, signature] = /^(\d{1,12})\.([\w-]{43})$/.exec(cookie ?? '') ?? [];
    if (end === undefined || signature === undefined) return undefined;
    const ours = timingSafeEqual(Buffer.from(signature), Buffer.from(await this.sign(end)));
    return ours ? Number(end) : undefined;
  }

  private async sign(text: string): Promise<string> {
    return createHmac('sha256', await this.key)
      .update(text)
      .digest('base64url');
  }
}
