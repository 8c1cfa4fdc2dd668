import { createServer, type Server } from 'node:http';
import { SERVER_KEEP_ALIVE_MS } from '@cafe-lumiere/contract';
import { capConnections } from './connection-cap.js';
import { SERVER_LIMITS } from './limits.js';

/** The numbers of {@link SERVER_LIMITS}. */
export type ServerLimits = Readonly<Record<keyof typeof SERVER_LIMITS, number>>;

/**
 * An HTTP server that gives nobody more than {@link SERVER_LIMITS}.
 *
 * @param limits - @default - SERVER_LIMITS, number by number
 */
export function createHttpServer(limits: Partial<ServerLimits> = {}): Server {
  const given = { ...SERVER_LIMITS, ...limits };
  const server = createServer({
    keepAliveTimeout: SERVER_KEEP_ALIVE_MS,
    headersTimeout: given.headersMs,
    requestTimeout: given.requestMs,
    connectionsCheckingInterval: given.checkMs,
    maxHeaderSize: given.headerBytes,
  });
  server.timeout = given.silentMs;
  server.maxHeadersCount = given.headers;
  server.maxRequestsPerSocket = given.requestsPerConnection;
  capConnections(server, given.connections);
  return server;
}
