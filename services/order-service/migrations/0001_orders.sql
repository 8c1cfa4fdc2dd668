create table orders (
  id bigint generated always as identity primary key,
  -- What is called out across the counter; it cannot be guessed from another one.
  order_number text not null unique,
  customer_name text not null,
  -- As answered: an array of {id, name, price, quantity}, prices in euro.
  items jsonb not null,
  total_cents integer not null check (total_cents > 0),
  status text not null default 'ordered' check (status in ('ordered', 'preparing', 'ready', 'served')),
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now(),
  -- One click is one order: the key of the request that placed it, and what that request asked for. The answer is the
  -- row itself as it began, so nothing is stored twice and the key lives as long as its order.
  idempotency_key text,
  fingerprint text,
  check ((idempotency_key is null) = (fingerprint is null))
);

create unique index orders_idempotency_key on orders (idempotency_key) where idempotency_key is not null;

-- The boards ask for what is not served yet; served orders, which are nearly all, are not in it.
create index orders_open on orders (status, id) where status <> 'served';
-- For the deletion of old ones; kept up with one step of an order's life only.
create index orders_served on orders (updated_at) where status = 'served';
