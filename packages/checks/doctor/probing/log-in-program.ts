/**
 * A log-in to each PostgreSQL that a pod's own variables name, and one question to it, for {@link NODE_PROGRAM}: as much of
 * its protocol as that takes, so that any image with Node can ask. The password goes nowhere but there, and there only as a
 * proof (SCRAM or MD5); what comes back is what the server said, in its own words.
 */
export const LOG_IN_PROGRAM = String.raw`
const crypto = require('crypto'), fs = require('fs'), tls = require('tls');
const valueOf = (...names) => {
  for (const name of names) {
    if (process.env[name]) return process.env[name];
    try { if (process.env[name + '_FILE']) return fs.readFileSync(process.env[name + '_FILE'], 'utf8').trim(); } catch {}
  }
};
const databases = () => {
  const found = new Map();
  for (const [variable, value] of Object.entries(process.env)) {
    let target;
    if (/^postgres(ql)?:\/\//.test(value)) {
      try {
        const url = new URL(value);
        target = { host: url.hostname, port: Number(url.port) || 5432, user: decodeURIComponent(url.username), password: decodeURIComponent(url.password), database: decodeURIComponent(url.pathname.slice(1)), mode: url.searchParams.get('sslmode') };
      } catch { continue; }
    } else {
      const [, start, end] = /^(\w*?)HOST(NAME)?$/.exec(variable) || [];
      if (start === undefined) continue;
      const port = Number(valueOf(start + 'PORT')) || 5432;
      target = { host: value, port, user: valueOf(start + 'USER', start + 'USERNAME'), password: valueOf(start + 'PASSWORD', start + 'PASS', start + 'PWD'), database: valueOf(start + 'NAME', start + 'DATABASE', start + 'DB', start + 'DBNAME'), mode: valueOf(start + 'SSLMODE', start + 'SSL_MODE') };
    }
    if (target.host && target.user) found.set([target.host, target.port, target.user, target.database].join(' '), { variable, ...target });
  }
  return [...found.values()];
};
const hmac = (key, text) => crypto.createHmac('sha256', key).update(text).digest();
const hash = (kind, text) => crypto.createHash(kind).update(text).digest();
const framed = (type, body) => {
  const head = Buffer.alloc(4);
  head.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), head, body]);
};
const text = (...words) => Buffer.from(words.map((word) => word + '\0').join(''));
const version = Buffer.from([0, 3, 0, 0]);
const wantsTls = Buffer.from([0, 0, 0, 8, 4, 210, 22, 47]);
const logIn = ({ variable, host, port, user, password, database, mode }) => within((done) => {
  let socket, first, proof, asked = false, rest = Buffer.alloc(0), said = 'answers';
  const end = (answer) => { done(answer); socket.destroy(); };
  const start = () => {
    socket.on('data', read);
    socket.write(framed('', Buffer.concat([version, text('user', user, 'database', database || user, 'application_name', 'cafe-doctor', '')])));
  };
  const read = (chunk) => {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 5 && rest.length > rest.readInt32BE(1)) {
      const size = rest.readInt32BE(1) + 1;
      if (!/[A-Za-z]/.test(String.fromCharCode(rest[0])) || size < 5 || size > 1e6) return end('another protocol');
      const [type, body] = [String.fromCharCode(rest[0]), rest.subarray(5, size)];
      rest = rest.subarray(size);
      if (type === 'E') {
        const fields = Object.fromEntries(body.toString().split('\0').filter(Boolean).map((field) => [field[0], field.slice(1)]));
        return end(fields.M ? (fields.S || 'ERROR') + ': ' + fields.M + (fields.D ? ' ' + fields.D : '') + ' (' + fields.C + ')' : 'another protocol');
      }
      if (type === 'R') {
        const kind = body.readInt32BE(0), more = body.subarray(4);
        if (kind !== 0 && !password) return end('no password');
        if (kind === 3) return end('not tried: it wants the password in clear text');
        if (kind === 5) socket.write(framed('p', text('md5' + hash('md5', Buffer.concat([Buffer.from(hash('md5', password + user).toString('hex')), more])).toString('hex'))));
        if (kind === 10) {
          first = 'n=,r=' + crypto.randomBytes(18).toString('base64');
          const initial = Buffer.from('n,,' + first), size = Buffer.alloc(4);
          size.writeInt32BE(initial.length);
          socket.write(framed('p', Buffer.concat([text('SCRAM-SHA-256'), size, initial])));
        }
        if (kind === 11) {
          const [, nonce, salt, rounds] = /r=([^,]+),s=([^,]+),i=(\d+)/.exec(more.toString());
          const salted = crypto.pbkdf2Sync(password.normalize('NFKC'), Buffer.from(salt, 'base64'), Number(rounds), 32, 'sha256');
          const key = hmac(salted, 'Client Key'), last = 'c=biws,r=' + nonce;
          const signature = hmac(hash('sha256', key), [first, more, last].join(','));
          socket.write(framed('p', Buffer.from(last + ',p=' + key.map((byte, index) => byte ^ signature[index]).toString('base64'))));
        }
      }
      if (type === 'D') said = /t/.test(body.toString().replace(/[^tf]/g, '')) ? 'takes no changes' : 'answers';
      if (type === 'Z' && asked) { socket.write(framed('X', Buffer.alloc(0))); return end(said); }
      if (type === 'Z') { asked = true; socket.write(framed('Q', text("select pg_is_in_recovery() or current_setting('default_transaction_read_only') = 'on'"))); }
    }
  };
  const plain = net.connect({ host, port });
  socket = plain;
  plain.on('error', (error) => done(how(error)));
  plain.on('close', () => done('closed the connection'));
  plain.once('connect', () => {
    if (!/^(require|verify)/.test(mode || '')) return start();
    plain.write(wantsTls);
    plain.once('data', (answer) => {
      if (String.fromCharCode(answer[0]) !== 'S') return end('speaks no TLS');
      socket = tls.connect({ socket: plain, servername: net.isIP(host) ? undefined : host, rejectUnauthorized: false }, start);
      socket.on('error', (error) => done(how(error)));
    });
  });
}).then((answer) => ({ variable, host, port, answer }));
`;
