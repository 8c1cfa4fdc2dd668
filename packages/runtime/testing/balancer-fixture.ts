import { connect, createServer, type Server, type Socket } from 'node:net';

/** Sends each connection to one of its backends, as a Service's address does, and learns late that one has gone. */
export class BalancerFixture {
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  /** A balancer over these addresses, on a port of its own. */
  static async over(backends: URL[]): Promise<BalancerFixture> {
    const server = createServer();
    const balancer = new BalancerFixture(server, backends);
    server.on('connection', (client) => {
      balancer.forward(client);
    });
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    return balancer;
  }

  private constructor(
    private readonly server: Server,
    /** Where the next connections go. */
    public backends: readonly URL[],
  ) {}

  get url(): string {
    const address = this.server.address();
    return `http://127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}`;
  }

  /** Ends every connection, as a network does that breaks. */
  cut(): void {
    for (const socket of this.sockets) socket.destroy();
  }

  /** Says nothing more on the connections that there are, as when a machine has lost its power; new ones are as good as ever. */
  silence(): void {
    for (const socket of this.sockets) socket.unpipe().resume();
  }

  close(): void {
    this.server.close();
    this.cut();
  }

  private forward(client: Socket): void {
    this.turn += 1;
    const backend = this.backends[this.turn % this.backends.length];
    const server = connect(Number(backend?.port), '127.0.0.1');
    for (const [from, to] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(from);
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => {
        this.sockets.delete(from);
        to.destroy();
      });
    }
  }
}
