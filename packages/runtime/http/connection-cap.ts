import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/**
 * Caps the connections of a server so that idle ones keep nobody out: a new one beyond the cap closes the one that has been
 * idle for longest. `server.maxConnections` would refuse the new one, and whoever opens enough of them the server.
 *
 * First go those that have never sent a request, then those that wait for their next one, then those whose request is still
 * coming. One that is being answered, or is a stream, is never closed for another.
 */
export function capConnections(server: Server, most: number): void {
  const open = new Set<Socket>();
  const unused = new Set<Socket>();
  const idle = new Set<Socket>();
  const receiving = new Set<Socket>();
  const answering = new Map<Socket, number>();

  server.on('connection', (socket: Socket) => {
    if (open.size >= most) {
      const [victim = socket] = [...first(unused), ...first(idle), ...first(receiving)];
      victim.destroy();
      // It is gone now, not when its `close` comes: the next connection may be there before.
      forget(victim);
      if (victim === socket) return;
    }
    open.add(socket);
    unused.add(socket);
    socket.once('close', () => {
      forget(socket);
    });
  });
  server.on('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    unused.delete(socket);
    idle.delete(socket);
    answering.set(socket, (answering.get(socket) ?? 0) + 1);
    const { 'content-length': length = '0', 'transfer-encoding': encoding } = request.headers;
    if (length !== '0' || encoding !== undefined) {
      receiving.add(socket);
      request.once('close', () => receiving.delete(socket));
    }
    response.once('close', () => {
      const others = (answering.get(socket) ?? 1) - 1;
      if (others > 0) {
        answering.set(socket, others);
        return;
      }
      answering.delete(socket);
      if (open.has(socket)) idle.add(socket);
    });
  });

  function forget(socket: Socket): void {
    for (const each of [open, unused, idle, receiving, answering]) each.delete(socket);
  }
}

/** The one that has been in it for longest, if any. */
const first = (sockets: ReadonlySet<Socket>): readonly Socket[] => {
  const [socket] = sockets;
  return socket ? [socket] : [];
};
