import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:http';
import { createSecureServer, type Http2SecureServer } from 'node:http2';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BalancerFixture, freePort } from '@cafe-lumiere/runtime/testing';

/** Whether a certificate can be made. */
export const opensslFound = spawnSync('openssl', ['version']).status === 0;

/** Headers of a connection, which HTTP/2 does not have. */
const OF_HTTP1 = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** A gateway with TLS and HTTP/2 before the frontend, as Gateways have it, and what is between it and guests. */
export class Http2GatewayFixture {
  /** @param origin - of the frontend, such as `http://127.0.0.1:8080` */
  static async before(origin: string): Promise<Http2GatewayFixture> {
    const server = createSecureServer(newCertificate(), (asked, answer) => {
      const headers = Object.entries(asked.headers).filter(([name]) => !name.startsWith(':'));
      const passed = request(
        new URL(asked.url, origin),
        { method: asked.method, headers: Object.fromEntries(headers) },
        (given) => {
          const kept = Object.entries(given.headers).filter(([name]) => !OF_HTTP1.has(name));
          answer.writeHead(given.statusCode ?? 502, Object.fromEntries(kept));
          given.pipe(answer);
        },
      );
      passed.on('error', () => answer.destroy());
      answer.on('close', () => passed.destroy());
      asked.pipe(passed);
    });
    const port = await freePort();
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new Http2GatewayFixture(
      server,
      await BalancerFixture.over([new URL(`https://127.0.0.1:${port}`)]),
    );
  }

  private constructor(
    private readonly server: Http2SecureServer,
    /** What connections go through. */
    readonly network: BalancerFixture,
  ) {}

  get url(): string {
    return this.network.url.replace('http:', 'https:');
  }

  close(): void {
    this.network.close();
    this.server.close();
  }
}

function newCertificate(): { readonly key: Buffer; readonly cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'gateway-'));
  const [key, cert] = [join(folder, 'tls.key'), join(folder, 'tls.crt')];
  try {
    const made = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=gateway'.split(
      ' ',
    );
    execFileSync('openssl', ['req', '-x509', ...made, '-keyout', key, '-out', cert], { stdio: 'pipe' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
