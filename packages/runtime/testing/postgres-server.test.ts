import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { PostgresServer } from './postgres-server.js';

describe('a PostgreSQL on this computer', () => {
  let directory: string;
  let data: string;
  const role = { role: 'guest', password: "it's a secret", database: 'counter' };
  const connect = (port: number, password = role.password) =>
    postgres({ host: '127.0.0.1', port, user: role.role, password, database: role.database, max: 1 });

  beforeAll(async () => {
    // mktemp gives a folder that only we may enter: the case that stops a database under another user.
    directory = await mkdtemp(join(tmpdir(), 'cafe-postgres-'));
    data = join(directory, 'postgres');
  });
  afterAll(async () => {
    await rm(directory, { recursive: true, force: true });
  });

  test('keeps its data over a restart, and checks passwords', async () => {
    const first = await PostgresServer.start({ dataDirectory: data });
    await first.createRoleAndDatabase(role);
    const sql = connect(first.port);
    await sql`create table kept (id int)`;
    await sql.end();
    const wrong = connect(first.port, 'wrong');
    await expect(wrong`select 1`).rejects.toMatchObject({ code: '28P01' });
    await wrong.end();
    await first.stop();

    const second = await PostgresServer.start({ dataDirectory: data });
    await second.createRoleAndDatabase({ ...role, password: 'changed' });
    const again = connect(second.port, 'changed');
    await expect(again`select * from kept`).resolves.toHaveLength(0);
    const [user] = await again`select rolsuper from pg_roles where rolname = current_user`;
    expect(user).toEqual({ rolsuper: false });
    await again.end();
    await second.stop('immediate');
    await expect(stat(`${data}.initializing`)).rejects.toThrow('ENOENT');
  });

  test('lets nobody else on this computer be its superuser', async () => {
    const server = await PostgresServer.start({ dataDirectory: data });
    const { user, host } = server.superuser;
    for (const password of ['postgres', '']) {
      const stranger = postgres({ host: '127.0.0.1', port: server.port, user, password, max: 1 });
      await expect(stranger`select 1`).rejects.toMatchObject({ code: '28000' });
      await stranger.end();
    }
    expect((await stat(host)).mode & 0o777).toBe(0o700);
    await server.stop();
    await expect(stat(host)).rejects.toThrow('ENOENT');
  });

  test('says why it did not start', async () => {
    const running = await PostgresServer.start({ dataDirectory: data });
    await expect(PostgresServer.start({ dataDirectory: data })).rejects.toThrow(
      /did not start on port \d+.*lock file/s,
    );
    await running.stop();
  });
});
