import { X509Certificate } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { NAMESPACE } from '../cluster.js';
import { run } from '../command.js';
import { must } from '../journal.js';

/** The name that guests type, to which the café's Gateway listens. */
export const HOSTNAME = 'cafe.example.com';
/** Where the Gateway finds its certificate. */
export const TLS_SECRET = 'cafe-tls';

/** Of an elliptic curve: a gateway that shares its processors with the guests signs with it many times as often as with RSA. */
const KEY = 'ec -pkeyopt ec_paramgen_curve:prime256v1';

/** The café's certificate, by an authority of these tests. */
export class Certificate {
  private readonly folder: string;

  constructor(workspace: string) {
    this.folder = join(workspace, 'build', 'tls');
  }

  /** Makes the authority, and a first certificate in the Secret of a namespace that is not there yet. */
  async begin(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    await run(`kubectl create namespace ${NAMESPACE}`);
    await this.inFolder(
      `openssl req -x509 -newkey ${KEY} -nodes -days 2 -subj /CN=e2e -keyout ca.key -out ca.crt`,
    );
    await this.renew();
  }

  /** The certificate of the authority, as PEM. */
  get authority(): string {
    return readFileSync(join(this.folder, 'ca.crt'), 'utf8');
  }

  /** A new certificate with a new key, into the Secret. */
  async renew(): Promise<void> {
    await this.inFolder(
      `openssl req -x509 -newkey ${KEY} -nodes -days 2 -subj /CN=${HOSTNAME} -CA ca.crt -CAkey ca.key ` +
        `-addext subjectAltName=DNS:${HOSTNAME} -addext basicConstraints=critical,CA:FALSE -keyout tls.key -out tls.crt`,
    );
    await this.inFolder(
      `kubectl -n ${NAMESPACE} create secret tls ${TLS_SECRET} --cert=tls.crt --key=tls.key --dry-run=client -o yaml | kubectl apply -f -`,
    );
  }

  /** @throws Error unless a new connection is shown the newest certificate */
  async mustBeServed(address: string): Promise<void> {
    const newest = new X509Certificate(readFileSync(join(this.folder, 'tls.crt'))).fingerprint256;
    const shown = await shownAt(address, this.authority);
    must(shown === newest, `${address} shows the certificate ${shown}; the newest is ${newest}`);
  }

  private inFolder(line: string): Promise<string> {
    return run(line, { cwd: this.folder });
  }
}

/** The fingerprint of the certificate that somebody is shown who connects now. */
function shownAt(address: string, ca: string): Promise<string> {
  return new Promise((done, fail) => {
    const socket = connect({ host: address, port: 443, servername: HOSTNAME, ca, timeout: 5000 }, () => {
      done(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.once('error', fail);
    socket.once('timeout', () => socket.destroy(new Error(`${address} does not answer`)));
  });
}
