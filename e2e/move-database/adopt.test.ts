import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { adopt } from './adopt.js';
import { DATABASE, OF_USERS, Server } from './server.js';

/** Of whatever a role can own, what the café's role does not. */
const OF_OTHERS = `
  select oid::regclass::text from pg_class where ${OF_USERS} and relowner::regrole::text <> 'cafe'
  union all select oid::regprocedure::text from pg_proc
    where pronamespace::regnamespace::text !~ '^(pg_|information_schema$)' and proowner::regrole::text <> 'cafe'
  union all select oid::regtype::text from pg_type
    where typnamespace::regnamespace::text !~ '^(pg_|information_schema$)' and typowner::regrole::text <> 'cafe'
  union all select nspname::text from pg_namespace
    where nspname !~ '^(pg_|information_schema$|public$)' and nspowner::regrole::text <> 'cafe'
  union all select datname::text from pg_database where datname = current_database() and datdba::regrole::text <> 'cafe'`;
const OBJECTS = `
  create schema kitchen;
  create type state as enum ('ordered', 'served');
  create domain price as int check (value > 0);
  create table orders (id int generated always as identity primary key, number serial, state state, price price);
  create table kitchen.tables (id int);
  create view served as select * from orders where state = 'served';
  create materialized view counted as select count(*) from orders;
  create sequence numbers;
  create function one() returns int language sql as 'select 1';
  create procedure nothing() language sql as '';
  insert into orders (state, price) values ('ordered', 3);`;

describe('a database of somebody else', () => {
  let fixture: PostgresFixture;
  let server: Server;

  beforeEach(async () => {
    fixture = await PostgresFixture.start();
    server = new Server(`env PGHOST=${fixture.superuser.host} PGPORT=${fixture.port}`);
  });
  afterEach(async () => {
    await fixture.remove();
  });

  const shop = async (): Promise<void> => {
    await server.sql('create role shop login createdb;\ncreate database shop');
    await server.sql(`set role shop;\nreset role;\ngrant create on schema public to shop`, 'shop');
  };

  test('of a role of its own becomes the café’s, with what the superuser has made in it', async () => {
    await shop();
    await server.sql(`${OBJECTS};\ngrant select on orders to shop`, 'shop');
    await server.sql('set role shop;\ncreate table more (id int);\ncreate table most (id int)', 'shop');
    expect(await server.sql(OF_OTHERS, 'shop')).not.toEqual([]);
    await adopt(server, undefined);
    expect(await server.sql(OF_OTHERS, DATABASE)).toEqual([]);
    expect(await server.sql("select 1 from pg_roles where rolname = 'shop'")).toEqual([]);
    expect(await server.sql('select price from orders', DATABASE)).toEqual(['3']);
  });

  test('of the superuser, in the database postgres, becomes the café’s', async () => {
    await server.sql(OBJECTS);
    await adopt(server, undefined);
    expect(await server.sql(OF_OTHERS, DATABASE)).toEqual([]);
    expect(await server.sql('select price from orders', DATABASE)).toEqual(['3']);
  });

  test('that has the café’s names already stays as it is', async () => {
    await server.sql(`create role cafe login;\ncreate database ${DATABASE} owner cafe`);
    await server.sql(`set role cafe;\n${OBJECTS}`, DATABASE);
    await adopt(server, undefined);
    expect(await server.sql(OF_OTHERS, DATABASE)).toEqual([]);
  });

  test('is said when it is one of several, and refused when it is not', async () => {
    await shop();
    await server.sql('create table one (id int)', 'shop');
    await expect(adopt(server, 'bar')).rejects.toThrow(/no database "bar". It holds: app, postgres, shop/);
    await server.sql('create table other (id int)');
    await expect(adopt(server, undefined)).rejects.toThrow('postgres, shop. Say which one: FROM=<claim>/');
    await adopt(server, 'shop');
    expect(await server.sql('select count(*) from one', DATABASE)).toEqual(['0']);
  });

  test('is refused when it holds nothing', async () => {
    await expect(adopt(server, undefined)).rejects.toThrow('none of its databases holds a table');
  });
});
