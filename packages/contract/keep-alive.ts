/**
 * How long our clients keep an idle connection, in milliseconds. Shorter than a server's drain (5 s): a connection that was
 * not used during the drain is then gone before the server is. Measured in docs/decisions/drain.md.
 */
export const CLIENT_KEEP_ALIVE_MS = 4000;

/**
 * How long our servers keep one, in milliseconds: longer than any client of ours and than common load balancers (60 s). The
 * side that closes first must be the client, or a request meets a closing connection.
 */
export const SERVER_KEEP_ALIVE_MS = 65_000;
