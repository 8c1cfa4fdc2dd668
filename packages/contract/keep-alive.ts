/**
 * How long a client of ours keeps an idle connection to a service, in milliseconds.
 *
 * A server that ends cannot tell an idle connection to close: it says `Connection: close` with answers, and there is none.
 * So the client must be the one that closes it, and before the server does: this is shorter than every service's drain
 * (5 s unless it says otherwise), and a manifest's drain is checked against it. It is undici's default
 * (https://undici.nodejs.org/#/docs/api/Client, `keepAliveTimeout`).
 */
export const CLIENT_KEEP_ALIVE_MS = 4000;

/**
 * How long a service keeps an idle connection, in milliseconds, while it does not end.
 *
 * Whoever closes first must be the client: a server that closes may meet the next request on its way. So it is longer than
 * our own clients keep one, and than common balancers do: 60 s is the default of nginx (`keepalive_timeout` of an upstream,
 * https://nginx.org/en/docs/http/ngx_http_upstream_module.html) and of AWS' application load balancer (`idle_timeout`).
 */
export const SERVER_KEEP_ALIVE_MS = 65_000;
