/**
 * Something that this service needs is not usable just now, and whoever asked may ask again. The HTTP layer answers it
 * with 503 and `Retry-After`; what throws it knows nothing of HTTP.
 */
export class UnavailableError extends Error {
  /**
   * @param detail - what a client is told: nothing of addresses, users and the like
   * @param reason - what the log is told
   */
  constructor(
    readonly detail: string,
    reason: string,
    options?: ErrorOptions,
  ) {
    super(reason, options);
    this.name = 'UnavailableError';
  }
}
