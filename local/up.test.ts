import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { z } from 'zod';
import { freePort } from '@cafe-lumiere/runtime/testing';

const UP = ['cdk8s/run.js', 'local/up.ts'];
const orders = z.array(z.looseObject({ order_number: z.string() }));

/** `make up` without make: a process of its own, as a newcomer starts it. */
class Up {
  output = '';
  readonly exited: Promise<number | null>;
  private readonly child: ChildProcess;

  constructor(
    readonly port: number,
    data: string,
  ) {
    const child = spawn(process.execPath, [...UP, '--port', String(port), '--data', data]);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (text: Buffer) => (this.output += text.toString()));
    }
    this.exited = new Promise((done) => child.once('exit', done));
    this.child = child;
  }

  async open(): Promise<string> {
    while (!this.output.includes('Ctrl-C closes it.')) {
      if (this.child.exitCode !== null) throw new Error(this.output);
      await new Promise((done) => setTimeout(done, 50));
    }
    return `http://localhost:${this.port}`;
  }

  stop(signal: NodeJS.Signals): Promise<number | null> {
    this.child.kill(signal);
    return this.exited;
  }
}

const run = (words: readonly string[]): Promise<{ code: number; output: string }> =>
  new Promise((done) => {
    execFile(process.execPath, [...UP, ...words], (error, stdout, stderr) => {
      done({ code: typeof error?.code === 'number' ? error.code : 0, output: stdout + stderr });
    });
  });

describe('the café on this computer', () => {
  let directory: string;
  let data: string;
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'cafe-up-'));
    data = join(directory, 'postgres');
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  test('takes an order, closes on Ctrl-C, and has the order when it opens again', async () => {
    const first = new Up(await freePort(), data);
    const url = await first.open();
    expect(await (await fetch(`${url}/`)).text()).toContain('Café Lumière');
    const placed = await fetch(`${url}/api/orders`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        customer_name: 'newcomer',
        items: [{ id: 1, name: 'Espresso', price: 3.5, quantity: 1 }],
        total_price: 3.5,
      }),
    });
    expect(placed.status).toBe(201);
    const { order_number: number } = z.looseObject({ order_number: z.string() }).parse(await placed.json());
    expect(await first.stop('SIGINT')).toBe(0);
    expect(first.output).toContain('closed; the orders are kept for the next time');
    // Nobody listens any more: every process that was started is gone.
    expect(await freePort(first.port)).toBe(first.port);

    const second = new Up(await freePort(), data);
    const kitchen = orders.parse(await (await fetch(`${await second.open()}/api/kitchen/orders`)).json());
    expect(kitchen.map((order) => order.order_number)).toEqual([number]);
    expect(await second.stop('SIGTERM')).toBe(0);
  });

  test('can be ended while it starts', async () => {
    const up = new Up(await freePort(), join(directory, 'interrupted'));
    while (!up.output.includes('starting PostgreSQL')) await new Promise((done) => setTimeout(done, 20));
    expect(await up.stop('SIGINT')).toBe(0);
    expect(up.output).not.toContain('Error');
  });

  test('says that its port is taken, and what to type instead', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    const port = await new Promise<number>((done) => {
      other.once('listening', () => {
        const address = other.address();
        done(address !== null && typeof address === 'object' ? address.port : 0);
      });
    });
    const { code, output } = await run(['--port', String(port), '--data', data]);
    other.close();
    expect(code).toBe(1);
    expect(output).toMatch(
      new RegExp(`^Port ${port} on this computer is taken, .* make up PORT=${port + 50}`),
    );
  });

  test.each([
    [['--port', 'x'], 'The port is "x"; it is a whole number from 1 to 65535, such as PORT=5050.'],
    [['--prot', '1'], "Unknown option '--prot'"],
  ])('answers %j with one clear line', async (words, message) => {
    const { code, output } = await run(words);
    expect(code).toBe(1);
    expect(output).toContain(message);
  });

  test('explains itself with --help', async () => {
    expect(await run(['--help'])).toEqual({
      code: 0,
      output: expect.stringContaining('make up [PORT=5000]'),
    });
  });
});
