/**
 * How much of what the frontend takes, in one place. Each number is by pod: pods do not count together, so with two of them,
 * and connections spread over both, about twice as much gets through. Wrong passwords alone are counted over all pods.
 */
export const LIMITS = {
  /**
   * Characters of an Idempotency-Key from outside. A counter or a name as a key would sooner or later be another guest's,
   * and the answer then that one's order, or none. A UUID has 36; 16 is what nobody types or counts up to.
   */
  keyLength: 16,
  /**
   * Orders at once from one client, above what ORDERS_PER_MINUTE says: a whole room behind one address that orders when
   * the doors open.
   */
  ordersAtOnce: 100,
  /**
   * Orders of all clients, in multiples of ORDERS_PER_MINUTE for one. With its default, 200 a second: more than any kitchen
   * cooks, a tenth of what order-service stores (docs/benchmarks.md), so that a flood from everywhere does not take the
   * database from the staff.
   */
  allClients: 10,
  /** Clients that are remembered. The one that has been silent for longest is forgotten first; that is a full bucket anew. */
  clients: 10_000,
  /**
   * Milliseconds before a guess, by how many wrong ones in a row were before it, the last for all that follow. Three cost
   * nothing, because fingers slip; then 900 an hour from one address, of a password with at least 12 characters.
   */
  guessDelaysMs: [0, 0, 0, 250, 500, 1000, 2000, 4000],
  /** Guesses of one address that a pod lets wait their turn; more are answered with 429. */
  guessesWaiting: 5,
  /** Milliseconds until the last turn at most, over all pods, when one more is given: half a minute is not waited by anybody. */
  guessPatienceMs: 16_000,
  /** Milliseconds for order-service to give a guess its turn, which takes a few; then the pod goes on by its own count. */
  guessAnswerMs: 500,
  /**
   * Milliseconds that a page which is opened waits for what it shows. Then it comes without, and its script, which says so, goes
   * on asking: better than an empty window for as long as a request may take.
   */
  pageAnswerMs: 2500,
  /** Characters of the staff's password. Made by a person it has few bits a character, and it opens everything. */
  passwordLength: 12,
  /** Characters of the key that signs sessions: 24 random bytes in base64. */
  signingKeyLength: 32,
} as const;

/**
 * Orders a minute from one address. Far above a guest, because many guests may share an address: a café's own network, a
 * mobile carrier, or a load balancer that hides who asks. Below what one client needs to be a nuisance: of 1,200 orders
 * in 10 seconds 300 get through.
 */
export const ORDERS_PER_MINUTE = 1200;
