import { connect, createServer, type Server, type Socket } from 'node:net';

/** A network between us and PostgreSQL that can swallow everything, as one that drops packets does. */
export class NetworkFixture {
  /** How many there have been. */
  connections = 0;
  private readonly sockets = new Set<Socket>();
  private swallowing = false;
  private readonly opened: [client: Socket, port: number][] = [];

  static async to(target: number | 'a peer that accepts and closes'): Promise<NetworkFixture> {
    const server = createServer((client) => {
      network.connections += 1;
      network.sockets.add(client);
      client.on('error', () => undefined);
      if (typeof network.target !== 'number') client.end();
      else if (network.swallows) network.opened.push([client, network.target]);
      else network.forward(client, network.target);
    });
    const network = new NetworkFixture(server, target);
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return network;
  }

  private constructor(
    private readonly server: Server,
    /** Where new connections lead to. Those that are there stay, as behind a Service whose endpoints change. */
    public target: number | 'a peer that accepts and closes',
  ) {}

  get port(): number {
    const address = this.server.address();
    return address !== null && typeof address === 'object' ? address.port : 0;
  }

  /**
   * While true, nothing goes through and nobody is told. What is lost is lost; what is opened meanwhile gets through
   * afterwards, because TCP asks for a connection again and again.
   */
  get swallows(): boolean {
    return this.swallowing;
  }

  set swallows(swallows: boolean) {
    this.swallowing = swallows;
    if (!swallows) for (const [client, port] of this.opened.splice(0)) this.forward(client, port);
  }

  close(): void {
    this.server.close();
    for (const socket of this.sockets) socket.destroy();
  }

  /** Resets every connection, which whoever has it sees as an error and, a moment later, as the end. */
  reset(): void {
    for (const socket of this.sockets) socket.resetAndDestroy();
  }

  /** Breaks every connection and refuses new ones. @returns takes them again, at the same port */
  async refuse(): Promise<() => Promise<void>> {
    const { port } = this;
    const closed = new Promise((done) => this.server.close(done));
    for (const socket of this.sockets) socket.destroy();
    await closed;
    return () => new Promise((done) => this.server.listen(port, '127.0.0.1', done));
  }

  private forward(client: Socket, port: number): void {
    const server = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.on('data', (chunk) => {
        if (!this.swallows) to.write(chunk);
      });
      from.on('error', () => undefined);
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
