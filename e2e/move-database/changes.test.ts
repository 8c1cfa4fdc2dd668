import { afterAll, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import postgres from 'postgres';
import { PostgresFixture } from '@cafe-lumiere/runtime/testing';
import { copyChanges } from './changes.js';
import { COPY, DATABASE, Server } from './server.js';

const MADE = `
  create table orders (id int generated always as identity primary key, "Number" text unique, cents int,
    twice int generated always as (cents * 2) stored, at timestamptz default now());
  create table "two keys" (a int, b text, note text, primary key (b, a));
  create table without_key (note text);
  create table lines (order_id int references orders, line text);
  insert into orders ("Number", cents) select 'o' || i, i from generate_series(1, 500) i;
  insert into "two keys" select i, 'b', 'n' from generate_series(1, 20) i;
  insert into without_key values ('one');
  insert into lines values (1, 'first');`;

describe('what was changed since a copy was begun', () => {
  let fixture: PostgresFixture;
  let server: Server;
  let since: string;

  beforeAll(async () => {
    fixture = await PostgresFixture.start();
    await fixture.execute('create role cafe login');
    server = new Server(`env PGHOST=${fixture.superuser.host} PGPORT=${fixture.port}`);
    await server.sql('create database template_made owner cafe template template0');
    await server.sql(MADE, 'template_made');
  });
  beforeEach(async () => {
    await server.sql(`
      drop database if exists ${COPY} with (force);
      drop database if exists ${DATABASE} with (force);
      create database ${DATABASE} owner cafe template template_made;`);
    since = await server.transaction();
    await server.sql(`create database ${COPY} owner cafe template ${DATABASE}`);
  });
  afterAll(async () => {
    await fixture.remove();
  });

  const change = (statements: string): Promise<unknown> => server.sql(statements, DATABASE);

  test.each([
    ['a new row, and its sequence', `insert into orders ("Number", cents) values (E'tab\\t\\\\', 3)`],
    ['a row of another', `update orders set cents = 0 where id = 7; update lines set line = null`],
    [
      'a value that must be unique, from one row to another',
      `update orders set "Number" = 'x' where id = 7;
      update orders set "Number" = 'o7' where id = 8`,
    ],
    [
      'rows that are gone',
      `delete from orders where id between 100 and 200; delete from "two keys" where a = 3`,
    ],
    [
      'a row that is gone, and another in its place',
      `delete from orders where id = 9;
      insert into orders ("Number", cents) values ('o9', 9)`,
    ],
    ['a key', `update "two keys" set a = a + 100 where a > 15`],
    [
      'a table without a key',
      `insert into without_key values ('two'); delete from without_key where note = 'one'`,
    ],
    ['all of a table', `truncate "two keys"`],
  ])('is in the copy afterwards: %s', async (_, statements) => {
    await change(statements);
    const wanted = await server.contents('database');
    expect(await server.contents('copy')).not.toEqual(wanted);
    await copyChanges(server, server, since);
    expect(await server.contents('copy')).toEqual(wanted);
    // Done again it changes nothing.
    await copyChanges(server, server, since);
    expect(await server.contents('copy')).toEqual(wanted);
  });

  test('is of transactions, too, that were not over when the copy was begun', async () => {
    const open = postgres({ ...fixture.superuser, database: DATABASE, max: 1 });
    await open.begin(async (sql) => {
      await sql`insert into without_key values ('first')`;
      await sql`update orders set cents = 1 where id = 5`;
      since = await server.transaction();
      await server.sql('select pg_current_xact_id()', DATABASE);
    });
    await open.end();
    await copyChanges(server, server, since);
    expect(await server.contents('copy')).toEqual(await server.contents('database'));
  });

  test('is refused when the copy has another table', async () => {
    await change('create table more (id int primary key)');
    await expect(copyChanges(server, server, since)).rejects.toThrow(
      /could not be copied: .*"more" does not/s,
    );
  });
});
