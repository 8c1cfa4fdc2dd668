import { createServer, type IncomingMessage, type Server } from 'node:http';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Artifact, digestOf, manifestsArtifact } from './oci-artifact.js';
import { lastPublished, type Publication, publish } from './publish.js';
import { Registry } from './registry.js';

/** As much of the distribution API as a push needs, for those who have a token, which is for those who are logged in. */
class TokenRegistry {
  readonly kept = new Map<string, Buffer>();
  private readonly server: Server = createServer((request, response) => {
    void this.answer(request).then(([status, headers = {}, body = '']) => {
      response.writeHead(status, headers).end(body);
    });
  });
  address = '';

  async listen(): Promise<void> {
    await new Promise<void>((done) => this.server.listen(0, '127.0.0.1', done));
    const address = this.server.address();
    this.address = typeof address === 'object' && address !== null ? `127.0.0.1:${address.port}` : '';
  }

  async close(): Promise<void> {
    await new Promise((done) => this.server.close(done));
  }

  private async answer(
    request: IncomingMessage,
  ): Promise<readonly [number, Record<string, string>?, (string | Buffer)?]> {
    const body = Buffer.concat(await request.toArray());
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://registry');
    const { authorization } = request.headers;
    if (pathname === '/token') {
      const asked = [searchParams.get('service'), searchParams.get('scope')].join();
      const known = authorization === `Basic ${Buffer.from('us:secret').toString('base64')}`;
      return known && asked === 'registry,push' ? [200, {}, '{"token":"good"}'] : [401];
    }
    if (authorization !== 'Bearer good') {
      const realm = `http://${this.address}/token`;
      return [401, { 'WWW-Authenticate': `Bearer realm="${realm}",service="registry",scope="push"` }];
    }
    if (request.method === 'POST') return [202, { Location: `${pathname}one?state=1` }];
    if (request.method === 'PUT') {
      const digest = searchParams.get('digest');
      // What came is what was said, or it is not kept.
      if (digest !== null && digest !== digestOf(body)) return [400];
      this.kept.set(digest === null ? pathname : pathname.replace(/uploads\/one$/, digest), body);
      return [201];
    }
    const found = this.kept.get(pathname);
    return found === undefined ? [404] : [200, {}, found];
  }
}

let registry: TokenRegistry;
let folder: string;
beforeEach(async () => {
  registry = new TokenRegistry();
  await registry.listen();
  folder = mkdtempSync(join(tmpdir(), 'cafe-registry-'));
  process.env['DOCKER_CONFIG'] = folder;
  process.env['REGISTRY'] = `${registry.address}/team`;
  logIn('us:secret');
});
afterEach(async () => {
  await registry.close();
  rmSync(folder, { recursive: true });
  delete process.env['DOCKER_CONFIG'];
  delete process.env['REGISTRY'];
});

const logIn = (who: string): void => {
  const auth = Buffer.from(who).toString('base64');
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ auths: { [registry.address]: { auth } } }));
};
const saying = (text: string): Artifact => {
  writeFileSync(join(folder, 'deployments.yaml'), text);
  return manifestsArtifact(folder);
};
const publication = (repository: string, text: string, version = '1.0.0'): Publication => ({
  repository,
  version,
  artifact: saying(text),
});
const record = (): string => join(folder, 'published.json');

test('a push brings the layer, the configuration and the manifest, which has the digest that is named', async () => {
  const artifact = saying('a: 1\n');
  const reference = await new Registry(`${registry.address}/team`).push('cafe', '1.0.0', artifact);
  expect(reference).toBe(`${registry.address}/team/cafe@${artifact.manifest.digest}`);
  expect([...registry.kept.keys()].sort()).toEqual(
    [
      `/v2/team/cafe/blobs/${artifact.config.digest}`,
      `/v2/team/cafe/blobs/${artifact.layer.digest}`,
      '/v2/team/cafe/manifests/1.0.0',
    ].sort(),
  );
  expect(registry.kept.get('/v2/team/cafe/manifests/1.0.0')?.equals(artifact.manifest.bytes)).toBe(true);
});

test('the same again is no change; other contents under a published version are refused, and nothing is pushed', async () => {
  await publish([publication('a', 'a: 1\n'), publication('b', 'b: 1\n')], record());
  const before = new Map(registry.kept);
  await publish([publication('a', 'a: 1\n')], record());
  await expect(publish([publication('new', 'n: 1\n'), publication('a', 'a: 2\n')], record())).rejects.toThrow(
    /^Nothing was pushed: .*\n {2}a:1\.0\.0 is sha256:\w{64}, and would be sha256:\w{64}\nRaise the version/s,
  );
  expect(registry.kept).toEqual(before);
});

test('what was pushed last of each is remembered by its digest', async () => {
  await publish([publication('a', 'a: 1\n'), publication('b', 'b: 1\n')], record());
  await publish([publication('a', 'a: 2\n', '1.0.1')], record());
  expect(lastPublished(record()).map(({ reference }) => reference)).toEqual([
    `${registry.address}/team/b@${saying('b: 1\n').manifest.digest}`,
    `${registry.address}/team/a@${saying('a: 2\n').manifest.digest}`,
  ]);
});

test('who is not logged in, or may not push, is told so', async () => {
  logIn('us:wrong');
  await expect(publish([publication('a', 'a: 1\n')], record())).rejects.toThrow(
    `gives no token (401): "docker login ${registry.address}"`,
  );
});
