import { type Artifact, type Content, digestOf, MANIFEST_TYPE } from './oci-artifact.js';
import { credentialsFor } from './registry-credentials.js';

/** Where artifacts are pushed to, over the distribution API: https://github.com/opencontainers/distribution-spec */
export class Registry {
  private readonly origin: string;
  private readonly prefix: string;
  private authorization: string | undefined;

  /** @param registry - `registry.example.com/team`, as REGISTRY says it */
  constructor(private readonly registry: string) {
    const [host = '', ...path] = registry.split('/');
    this.origin = `${speaksHttp(registry) ? 'http' : 'https'}://${host}`;
    this.prefix = path.map((part) => `${part}/`).join('');
  }

  /** The digest of what has this tag, or nothing. */
  async digestOf(repository: string, tag: string): Promise<string | undefined> {
    const response = await this.ask('GET', this.path(repository, `manifests/${tag}`), {
      headers: { Accept: MANIFEST_TYPE },
      allowed: [200, 404],
    });
    if (response.status === 404) return undefined;
    return digestOf(Buffer.from(await response.arrayBuffer()));
  }

  /** @returns how it is referred to for good: by its digest */
  async push(repository: string, tag: string, { config, layer, manifest }: Artifact): Promise<string> {
    await this.pushBlob(repository, config);
    await this.pushBlob(repository, layer);
    await this.ask('PUT', this.path(repository, `manifests/${tag}`), {
      headers: { 'Content-Type': manifest.mediaType },
      body: manifest.bytes,
      allowed: [201],
    });
    return `${this.registry}/${repository}@${manifest.digest}`;
  }

  private async pushBlob(repository: string, { digest, bytes }: Content): Promise<void> {
    const there = await this.ask('HEAD', this.path(repository, `blobs/${digest}`), { allowed: [200, 404] });
    if (there.status === 200) return;
    const begun = await this.ask('POST', this.path(repository, 'blobs/uploads/'), { allowed: [202] });
    const upload = new URL(begun.headers.get('location') ?? '', begun.url);
    upload.searchParams.set('digest', digest);
    await this.ask('PUT', upload.href, {
      headers: { 'Content-Type': 'application/octet-stream' },
      body: bytes,
      allowed: [201],
    });
  }

  private path(repository: string, rest: string): string {
    return `${this.origin}/v2/${this.prefix}${repository}/${rest}`;
  }

  private async ask(
    method: string,
    url: string,
    { allowed, headers = {}, body }: Request & { readonly allowed: readonly number[] },
  ): Promise<Response> {
    const once = (): Promise<Response> =>
      fetch(url, {
        method,
        ...(body === undefined ? {} : { body: new Uint8Array(body) }),
        headers: {
          ...headers,
          ...(this.authorization === undefined ? {} : { Authorization: this.authorization }),
        },
      }).catch((error: unknown) => {
        const { cause } = error instanceof Error ? error : {};
        throw new Error(`${method} ${url} failed: ${cause instanceof Error ? cause.message : String(error)}`);
      });
    let response = await once();
    if (response.status === 401) {
      this.authorization = await credentialsFor(
        this.registry,
        response.headers.get('www-authenticate') ?? '',
      );
      response = await once();
    }
    if (allowed.includes(response.status)) return response;
    throw new Error(
      `${method} ${url} was answered with ${response.status}: ${(await response.text()).trim()}\nREGISTRY is ${this.registry}; does "docker login" there, and may it push?`,
    );
  }
}

/** One on this machine does. */
export const speaksHttp = (registry: string): boolean => /^(localhost|127\.0\.0\.1)(:|\/|$)/.test(registry);

interface Request {
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer;
}
