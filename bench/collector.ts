import { createServer } from 'node:http';

// A collector of traces that takes everything and keeps nothing, so that what is measured is what sending costs; in a process of
// its own (the tests' one is not), because the benchmark's waits for `wrk`. GET tells how often something came.

let received = 0;
const server = createServer((request, response) => {
  if (request.method === 'POST') received += 1;
  request.resume().once('end', () => response.end(request.method === 'POST' ? '{}' : String(received)));
}).listen(0, '127.0.0.1', () => {
  const address = server.address();
  console.log(
    `"listening on 127.0.0.1:${address !== null && typeof address === 'object' ? address.port : 0}"`,
  );
});
