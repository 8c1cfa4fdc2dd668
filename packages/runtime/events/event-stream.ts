import type { ServerResponse } from 'node:http';

/**
 * One open stream, which never holds more than it may of what its client has not read. What comes beyond is dropped, and the
 * client is told so as soon as it reads again.
 */
export class EventStream {
  private dropping = false;
  /** Writes that the kernel has not taken yet. */
  private unwritten = 0;
  private unreadSince: number | undefined;

  /**
   * @param response - whose head is written
   * @param onReadAgain - is called when the client has read everything after something was dropped
   */
  constructor(
    private readonly response: ServerResponse,
    private readonly onReadAgain: () => void,
  ) {}

  /** Bytes that wait in this process for the client to read them. */
  get unreadBytes(): number {
    return this.response.writableLength;
  }

  /** Writes events, or drops them when more than `limit` bytes are unread. */
  write(text: string, limit: number): void {
    const { writableEnded, destroyed } = this.response;
    if (this.dropping || writableEnded || destroyed) return;
    if (this.unreadBytes > limit) {
      this.dropping = true;
      return;
    }
    this.unwritten += 1;
    // Why not the event `drain`: it comes only after more than Node's own buffer holds, which may be more than the limit.
    this.response.write(text, this.written);
  }

  /** Cuts the client off when it has read nothing for so long. To be called every now and then. */
  cutOffUnread(milliseconds: number, now = performance.now()): void {
    if (this.unreadBytes === 0) this.unreadSince = undefined;
    else if (this.unreadSince === undefined) this.unreadSince = now;
    else if (now - this.unreadSince >= milliseconds) this.response.destroy();
  }

  /** Ends it with a last word. */
  end(text: string): void {
    this.response.end(text);
  }

  private readonly written = (error?: Error | null): void => {
    this.unwritten -= 1;
    if (error || !this.dropping || this.unwritten > 0) return;
    this.dropping = false;
    this.onReadAgain();
  };
}
