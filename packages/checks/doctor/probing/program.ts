import { LOG_IN_PROGRAM } from './log-in-program.js';

// What runs inside a pod: in Node where its image has it, else in its shell. It connects, asks for names, and writes nothing.

/** Answers within this time, or it counts as silent. */
export const SILENT_SECONDS = 3;

/** Larger than any packet, smaller than the header that a server refuses to read. */
const LARGE = 6000;

/** Takes a {@link Questions} as its argument, and prints {@link Answers}. Old Nodes must understand it. */
export const NODE_PROGRAM = `
const net = require('net'), http = require('http'), dns = require('dns');
const { servers, names, sockets } = JSON.parse(process.argv[1]);
const limit = ${SILENT_SECONDS * 1000};
const how = (error) => /TIMEOUT|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH/.test(error.code) ? 'silent' : error.code === 'ECONNREFUSED' ? 'refused' : /ENOTFOUND|NODATA/.test(error.code) ? 'no such name' : String(error.code || error.message);
const within = (start) => Promise.race([new Promise((done) => start((answer) => done(answer))), new Promise((done) => setTimeout(done, limit, 'silent').unref())]);
const connect = ({ host, port }) => within((done) => net.connect({ host, port }, function () { this.destroy(); done('answers'); }).on('error', (error) => done(how(error))));
const ask = ({ host, port }, size) => within((done) => http.get({ host, port, path: '/', agent: false, headers: size ? { 'x-probe': 'a'.repeat(size) } : {} }, (answer) => { answer.destroy(); done('answers'); }).on('error', (error) => done(error.code === 'ECONNRESET' || /^HPE/.test(error.code) ? 'answers' : how(error))));
const resolve = (server, name) => within((done) => {
  const resolver = new dns.Resolver();
  if (server) resolver.setServers([server]);
  resolver.resolve4(name, (error) => done(error ? how(error) : 'answers'));
});
${LOG_IN_PROGRAM}
Promise.all([
  Promise.all([''].concat(servers).flatMap((server) => names.map(async (name) => ({ server, name, answer: await resolve(server, name) })))),
  Promise.all(sockets.map(async (socket) => {
    const answer = await connect(socket);
    if (!socket.http || answer !== 'answers') return { answer };
    return { answer: await ask(socket, 0), large: await ask(socket, ${LARGE}) };
  })),
  Promise.all(databases().map(logIn)),
]).then(([names, sockets, logIns]) => { console.log(JSON.stringify({ now: Date.now(), names, sockets, logIns })); process.exit(0); });
`;

/** The same for images without Node, as far as a shell can: connections alone. Its arguments are \`host:port\`. */
export const SHELL_PROGRAM = `
one() {
  h=\${1%:*}; p=\${1##*:}
  if command -v nc >/dev/null 2>&1; then timeout ${SILENT_SECONDS} nc -w ${SILENT_SECONDS} -z "$h" "$p" </dev/null >/dev/null 2>&1
  elif command -v bash >/dev/null 2>&1; then timeout ${SILENT_SECONDS} bash -c "</dev/tcp/$h/$p" >/dev/null 2>&1
  else echo "$1 unable"; return; fi
  case $? in 0) echo "$1 answers";; 124|143) echo "$1 silent";; *) echo "$1 refused";; esac
}
for each in "$@"; do one "$each" & done; wait; echo "now $(date +%s)"
`;

/** Whichever of the two an image can run: Node's is its argument 0, what Node is asked its first, and then the addresses. */
export const ANY_PROGRAM = `
command -v node >/dev/null 2>&1 && exec node -e "$0" "$1"
shift
${SHELL_PROGRAM}
`;
