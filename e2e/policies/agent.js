// Runs in each pod: listens where the sets ask, and asks others. Reads `[[address, protocol, port], …]` a line, and writes which
// of them answered.
import { createSocket } from 'node:dgram';
import { connect, createServer } from 'node:net';
import process from 'node:process';
import { createInterface } from 'node:readline';

const ATTEMPT_MILLISECONDS = 700;

const server = (socket) => {
  // Who asks goes away as soon as it is answered.
  socket.on('error', () => undefined);
  socket.end('here');
};
for (const port of [80, 8080]) createServer(server).listen(port, '0.0.0.0');
const echo = createSocket('udp4');
echo.on('message', (text, { port, address }) => echo.send(text, port, address));
echo.bind(53);

const asked = ([address, protocol, port]) =>
  new Promise((done) => {
    const socket = protocol === 'TCP' ? connect(port, address) : createSocket('udp4');
    const end = (answered) => {
      clearTimeout(limit);
      socket.removeAllListeners('error').on('error', () => undefined);
      if (protocol === 'TCP') socket.destroy();
      else socket.close();
      done(answered);
    };
    const limit = setTimeout(() => end(false), ATTEMPT_MILLISECONDS);
    socket.on('error', () => end(false));
    if (protocol === 'TCP') socket.once('connect', () => end(true));
    else {
      socket.once('message', () => end(true));
      // Connected, so that it hears of a refusal and need not wait for the end.
      socket.connect(port, address, () => socket.send('?'));
    }
  });

createInterface({ input: process.stdin }).on('line', async (line) => {
  process.stdout.write(`${JSON.stringify(await Promise.all(JSON.parse(line).map(asked)))}\n`);
});
