import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const HELP = `Runs the whole café on this computer, with a PostgreSQL of its own. Ctrl-C stops it.

  make up [PORT=5000]
  node cdk8s/run.js local/up.ts [--port 5000] [--data .local/postgres]

  --port   where the pages are, on localhost
  --data   where the database keeps its data between two runs; delete the folder to begin anew`;

const fail = (message: string): never => {
  console.error(message);
  process.exit(1);
};

const read = (): { port: number; data: string } => {
  try {
    const { values } = parseArgs({
      options: {
        port: { type: 'string', default: '5000' },
        data: { type: 'string', default: fileURLToPath(new URL('../.local/postgres', import.meta.url)) },
        help: { type: 'boolean', short: 'h' },
      },
    });
    if (values.help) {
      console.log(HELP);
      process.exit(0);
    }
    const port = Number(values.port);
    if (!Number.isInteger(port) || port < 1 || port > 65_535) {
      return fail(`The port is "${values.port}"; it is a whole number from 1 to 65535, such as PORT=5050.`);
    }
    return { port, data: values.data };
  } catch (error) {
    return fail(`${error instanceof Error ? error.message : String(error)}\n\n${HELP}`);
  }
};

async function open({ port, data }: { port: number; data: string }): Promise<void> {
  // Not before: whoever has mistyped a word should not wait for all of it to be loaded.
  const { default: pretty } = await import('pino-pretty');
  const { LocalCafe } = await import('./local-cafe.js');
  const logs = pretty({
    colorize: process.stdout.isTTY,
    translateTime: 'SYS:HH:MM:ss',
    ignore: 'pid,hostname,service,version',
    hideObject: true,
    messageFormat: '{service}: {msg}',
    sync: true,
  });

  const cafe = new LocalCafe({
    dataDirectory: data,
    port,
    say: (line) => {
      console.log(line);
    },
    log: (source, line) => {
      // What PostgreSQL says of its daily business is of no interest here.
      if (source === 'postgresql' && line.includes(' LOG: ')) return;
      // Its other lines are not JSON; neither is what a service says that cannot start.
      logs.write(line.startsWith('{') ? `${line}\n` : `${source}: ${line}\n`);
    },
  });

  const state = { stopping: false };
  const stop = async (code: number): Promise<never> => {
    if (state.stopping) {
      await cafe.kill();
      process.exit(130);
    }
    state.stopping = true;
    console.log('\nclosing the café; once more ends it at once');
    await cafe.stop();
    console.log('closed; the orders are kept for the next time');
    process.exit(code);
  };
  process.on('SIGINT', () => void stop(0));
  process.on('SIGTERM', () => void stop(0));

  try {
    await cafe.start();
    console.log(`
The café is open:

  order     ${cafe.url}/
  kitchen   ${cafe.url}/kitchen
  display   ${cafe.url}/display

Ctrl-C closes it.
`);
    console.error(await cafe.failed);
    await stop(1);
  } catch (error) {
    // Whoever stops us while we start has said so already.
    if (!state.stopping) fail(error instanceof Error ? error.message : String(error));
  }
}

void open(read());
