-- Every change of an order, written in the transaction that makes the change.
create table order_events (
  -- The order in which the rows were written, not that in which they were committed.
  id bigint generated always as identity,
  -- No foreign key: both rows are written by one statement, and an event may outlive its order.
  order_id bigint not null,
  status text not null,
  at timestamptz not null,
  -- Its place in the stream, given after the commit: see publish_order_events. Null until then.
  sequence bigint
);
-- Each is kept up with every order, so there are no more than these.
create unique index order_events_sequence on order_events (sequence) where sequence is not null;
create index order_events_unpublished on order_events (id) where sequence is null;

create sequence order_event_sequence;

-- How many orders were ever served: counting a million rows for each look at the board would be slow.
create table served_orders (count bigint not null);
insert into served_orders values (0);

-- Gives the committed events that have none their sequence numbers, and wakes up every pod once.
--
-- Why not a number at the insert: numbers are drawn before the commit, so number 8 may be seen while 7 is not yet, and
-- whoever has read up to 8 misses 7 for ever. Here one transaction at a time numbers what is committed, so whoever sees
-- a number sees all lower ones. Why not NOTIFY at the insert: it takes one lock for the whole database at each commit,
-- and orders would be stored one after the other.
create function publish_order_events() returns bigint language plpgsql as $$
declare
  published bigint;
begin
  if not exists (select from order_events where sequence is null) then
    return 0;
  end if;
  -- The next statement sees what the holder before us has committed.
  perform pg_advisory_xact_lock(5001433);
  with numbered as (
    select place, nextval('order_event_sequence') as sequence
    from (select ctid as place from order_events where sequence is null order by id limit 5000) as waiting
  ), updated as (
    update order_events as event set sequence = numbered.sequence
    from numbered where event.ctid = numbered.place
    returning event.status
  ), counted as (
    update served_orders set count = count + (select count(*) from updated where status = 'served')
    where exists (select from updated where status = 'served')
  )
  select count(*) into published from updated;
  if published > 0 then
    perform pg_notify('order_events', '');
  end if;
  return published;
end
$$;
