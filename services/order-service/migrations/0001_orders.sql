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
  updated_at timestamptz not null default now()
);

-- The boards ask for what is not served yet; served orders, which are nearly all, are not in it.
create index orders_open on orders (status, id) where status <> 'served';

-- One click is one order: the key, what was asked and what was answered, in the order's own transaction.
create table idempotency_keys (
  key text primary key,
  fingerprint text not null,
  -- The first answer's JSON, byte for byte; null only inside the transaction that makes it.
  answer text,
  created_at timestamptz not null default now()
);
create index idempotency_keys_created_at on idempotency_keys (created_at);
