import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';

const dockerConfig = z.looseObject({
  auths: z.record(z.string(), z.looseObject({ auth: z.string().optional() })).default({}),
  credHelpers: z.record(z.string(), z.string()).default({}),
  credsStore: z.string().optional(),
});
const stored = z.object({ Username: z.string(), Secret: z.string() });
const token = z.object({ token: z.string().optional(), access_token: z.string().optional() });

/**
 * What to send to a registry that asked who we are: what `docker login` has stored for it, or a token that is given for that.
 *
 * @param registry - with or without a path
 * @param challenge - its header WWW-Authenticate
 * @returns the header Authorization
 * @throws Error that says that nobody is logged in
 */
export async function credentialsFor(registry: string, challenge: string): Promise<string> {
  const [host = registry] = registry.split('/');
  const basic = loggedIn(host);
  const [, scheme = '', words = ''] = /^(\w+)\s*(.*)$/.exec(challenge) ?? [];
  if (scheme.toLowerCase() !== 'bearer') {
    if (basic === undefined)
      throw new Error(`${host} wants to know who pushes: "docker login ${host}" first`);
    return `Basic ${basic}`;
  }
  const said = new Map(
    [...words.matchAll(/(\w+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]),
  );
  const url = new URL(said.get('realm') ?? '');
  for (const key of ['service', 'scope']) {
    const value = said.get(key);
    if (value !== undefined) url.searchParams.set(key, value);
  }
  const response = await fetch(
    url,
    basic === undefined ? {} : { headers: { Authorization: `Basic ${basic}` } },
  );
  if (!response.ok) {
    throw new Error(
      `${host} gives no token (${response.status}): "docker login ${host}" with one who may push`,
    );
  }
  const given = token.parse(await response.json());
  return `Bearer ${given.token ?? given.access_token ?? ''}`;
}

/** User and password as HTTP wants them, or nothing when nobody is logged in. */
function loggedIn(host: string): string | undefined {
  const file = join(process.env['DOCKER_CONFIG'] ?? join(homedir(), '.docker'), 'config.json');
  if (!existsSync(file)) return undefined;
  const { auths, credHelpers, credsStore } = dockerConfig.parse(JSON.parse(readFileSync(file, 'utf8')));
  const helper = credHelpers[host] ?? credsStore;
  if (helper === undefined) return auths[host]?.auth;
  const { status, stdout } = spawnSync(`docker-credential-${helper}`, ['get'], {
    input: host,
    encoding: 'utf8',
  });
  if (status !== 0) return undefined;
  const { Username, Secret } = stored.parse(JSON.parse(stdout));
  return Buffer.from(`${Username}:${Secret}`).toString('base64');
}
