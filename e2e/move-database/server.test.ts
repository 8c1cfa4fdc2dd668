import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import postgres, { type Sql } from 'postgres';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { COPY, DATABASE, expectEqual, Server } from './server.js';
import { WritePause } from './write-pause.js';

const MADE = `
  create table orders (id int generated always as identity primary key, name text);
  insert into orders (name) select 'guest ' || i from generate_series(1, 50) i;
`;

// Only what needs no pg_dump of the server's version, which is in the pods: the rest is shown on a cluster.
describe('a database that is moved', () => {
  let fixture: PostgresFixture;
  let server: Server;
  let owner: Sql;

  beforeAll(async () => {
    fixture = await PostgresFixture.start();
    await fixture.execute("create role cafe login password 'of the café'");
  });
  beforeEach(async () => {
    server = new Server(`env PGHOST=${fixture.superuser.host} PGPORT=${fixture.port}`);
    await server.sql(`create database ${DATABASE} owner cafe template template0`);
    owner = ownerOf(fixture);
    await owner.unsafe(MADE);
  });
  afterEach(async () => {
    await owner.end({ timeout: 0 });
    const made = await server.sql("select datname from pg_database where datname like 'cafe_%'");
    for (const name of made) await server.sql(`drop database ${name} with (force)`);
    await server.open();
  });
  afterAll(async () => {
    await fixture.remove();
  });

  const copy = (): Promise<unknown> => {
    const forced = `select pg_terminate_backend(pid) from pg_stat_activity where datname = '${DATABASE}'`;
    return server.sql(`${forced};\ncreate database ${COPY} owner cafe template ${DATABASE}`);
  };

  test('keeps what was there before under another name when the copy is used', async () => {
    await copy();
    await server.sql('delete from orders', DATABASE);
    expect(await server.hasCopy()).toBe(true);
    const before = await server.useCopy();
    expect(await server.hasCopy()).toBe(false);
    expect(await server.sql('select count(*) from orders', before)).toEqual(['0']);
    expect(await server.sql('select count(*) from orders', DATABASE)).toEqual(['50']);
  });

  test('needs no other name for one without a table', async () => {
    await copy();
    await server.sql('drop table orders', DATABASE);
    expect(await server.useCopy()).toBeUndefined();
    expect(await server.sql('select count(*) from orders', DATABASE)).toEqual(['50']);
  });

  test.each([
    ['a changed row', "update orders set name = 'another' where id = 7", /orders: 50 rows/],
    ['a row less', 'delete from orders where id = 7', /orders: 49 rows/],
    ['a sequence that is elsewhere', "select setval('orders_id_seq', 49) \\g /dev/null", /orders_id_seq: 49/],
    ['another table', 'create table tables (id int)', /tables: 0 rows/],
  ])('has no copy in one with %s', async (_, change, difference) => {
    await copy();
    const kept = await server.contents('copy');
    expectEqual('rows', await server.contents('database'), kept);
    await server.sql(change, DATABASE);
    const changed = await server.contents('database');
    expect(() => {
      expectEqual('rows', changed, kept);
    }).toThrow(difference);
  });

  test('lets readers go on while writes wait, and writers when the pause is over', async () => {
    const pause = await WritePause.begin(server, 20);
    const writer = ownerOf(fixture);
    const written: string[] = [];
    const writing = writer`insert into orders (name) values ('late')`.then(() => written.push('late'));
    const waits = "select count(*) from pg_stat_activity where wait_event_type = 'Lock'";
    while ((await server.sql(waits))[0] === '0');
    expect([...(await owner`select count(*)::int from orders`)]).toEqual([{ count: 50 }]);
    await pause.mustBeHeld();
    expect(written).toEqual([]);
    pause.over();
    await writing;
    await writer.end();
  });

  test('says that a pause is not held that PostgreSQL has ended', async () => {
    const pause = await WritePause.begin(server, 1);
    await owner`insert into orders (name) values ('waits for the end of it')`;
    await expect(pause.mustBeHeld()).rejects.toThrow('the pause was over');
  });

  test('lets nobody in who was there, once it is closed', async () => {
    await owner`select 1`;
    await server.close();
    expect(await server.isOpen()).toBe(false);
    await expect(owner`select 1`.catch(() => owner`select 1`)).rejects.toThrow('not permitted to log in');
    await server.open();
    await expect(owner`select 1`).resolves.toHaveLength(1);
  });
});

function ownerOf({ access: { host, port } }: PostgresFixture): Sql {
  return postgres({ host, port, database: DATABASE, user: 'cafe', password: 'of the café', max: 1 });
}
