import { createServer } from 'node:net';

/**
 * A TCP port on 127.0.0.1 that nothing listens on.
 *
 * @param preferred - the port to take when it is free; 0 lets the operating system choose
 */
export async function freePort(preferred = 0): Promise<number> {
  try {
    return await listenOnce(preferred);
  } catch (error) {
    if (preferred === 0) throw error;
    return listenOnce(0);
  }
}

function listenOnce(port: number): Promise<number> {
  return new Promise((done, fail) => {
    const server = createServer();
    server.once('error', fail);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string')
          fail(new Error(`port ${port} has no TCP address`));
        else done(address.port);
      });
    });
  });
}
