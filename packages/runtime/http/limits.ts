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

/** What a server gives to connections. Node's own: headers 60 s, a request 300 s, looked after each 30 s, no cap. */
export const SERVER_LIMITS = {
  /** Milliseconds until a request's headers must be there. Nobody's line is that slow; who holds connections open is. */
  headersMs: 10_000,
  /** Until all of a request must be there, its body included. Streams of events are answers, and last as long as they like. */
  requestMs: 14_000,
  /** How often both are looked after: with it, what is too slow is given up within 15 s. */
  checkMs: 1000,
  /**
   * How long nothing may go over a connection in either direction while it is answered: longer than any answer takes, and the
   * end for who does not read one.
   */
  silentMs: 60_000,
  /** Bytes of all headers of a request, and their number. Browsers send less than 2 kB and some 20. */
  headerBytes: 16 * 1024,
  headers: 100,
  /**
   * Connections at a time: all streams and as many again. Measured: 2,000 that are idle cost 17 MB. One more closes the one that
   * has been idle for longest, so that idle ones keep nobody out.
   */
  connections: 2000,
  /** Requests over one connection; then the next one may lead to a pod that was not there when it was made. */
  requestsPerConnection: 1000,
} as const;

/** What the operations port gives to connections, where it is not {@link SERVER_LIMITS}. */
export const OPERATIONS_LIMITS = {
  /** A kubelet makes a connection for each of its three probes, and a few Prometheus servers keep one each. */
  connections: 64,
} as const;

/** How many streams of events a process has, and what each may cost. */
export const STREAM_LIMITS = {
  /** In all. Measured: 400 streams cost 28 MB, so all of them some 70 MB of a container's memory. */
  streams: 1000,
  /** Of these, the places that are kept for those who work with a stream: nobody from outside can take them. */
  reservedStreams: 100,
  /**
   * Of one client. Many people may be behind one address (a WLAN, a load balancer that hides its clients), so it is a fifth of
   * all: enough for them, and no single address takes what is there for everybody.
   */
  streamsOfOneClient: 200,
  /**
   * Bytes that wait in this process for one client to read them. It is some hundred events; who is further behind gets
   * `resync` instead when it reads again, and what is dropped costs nothing.
   */
  unreadBytes: 64 * 1024,
  /** The same for all clients together: with many streams each may have less. */
  unreadBytesInAll: 16 * 1024 * 1024,
  /**
   * Bytes of missed events that a client which returns is sent; who missed more reads everything anew, which is less. Beyond
   * Node's buffer the kernel takes up to 4 MB a connection (`tcp_wmem`), which counts as the container's memory: measured,
   * 400 clients that did not read took 856 MB there before there was this limit.
   */
  replayBytes: 64 * 1024,
  /** Milliseconds after which a client is cut off that has not read what waits for it. Longer than a phone's bad moment. */
  unreadMs: 15_000,
} as const;

/** When a process has more to do than it can: who waits, and for how long. Measured in docs/decisions/overload.md. */
export const OVERLOAD_LIMITS = {
  /** Milliseconds of processor that a turn of the event loop gives to beginning requests; the others wait for the next turn. */
  sliceMs: 2,
  /**
   * What a turn takes at most of the time that somebody waits. A limit of processor stops a container for up to 100 ms at a time
   * (`cpu.cfs_period_us`); longer than that the machine has others to serve, which says nothing about how many guests there are.
   */
  turnMs: 100,
  /** Turns of the event loop at most that look for who is new, between two slices. */
  looks: 50,
  /**
   * How long one may wait: longer is no use to anybody, and what is refused sooner would often have been served. Measured while nodes were
   * drained, on a machine that starts a dozen processes at the same time: 16 and 30 requests refused with 3 s, none with 5 s.
   */
  burstMs: 5000,
  /** The same when the queue has not been empty for that long; then the newest is next. */
  standingMs: 5000,
  /** How long those who have begun may wait on average before fewer newcomers are let in, and how often that is looked at. */
  waitMs: 15,
  windowMs: 200,
  /** Of those who have begun, as many at least must be seen in a window: fewer say nothing about how much there is to do. */
  leastWaits: 8,
  /**
   * Newcomers that wait outside at a time, and for how long, before they are refused. Measured:
   * where a node is drained and two processors start a dozen processes, fewer than ten come within the second that it takes.
   */
  newcomers: 50,
  newcomerMs: 5000,
  /** How often it is looked whether one of them may be let in. */
  newcomerLookMs: 20,
  /** Newcomers a second that are let in, however long the others wait. */
  leastPerSecond: 10,
  /** Requests that wait at a time. One more refuses the least critical. */
  waiting: 500,
  /** Without a refusal for so long, everybody is let in again. */
  quietMs: 2000,
} as const;
