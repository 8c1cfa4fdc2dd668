-- Wrong guesses of the staff's password, of all pods of the frontend together. Unlogged: after a crash they begin anew, and
-- nobody who guesses makes the disk wait that orders wait for. No index on the time: there are few rows, and they change often.
create unlogged table wrong_guesses (
  -- A keyed digest of the network that they came from; the key is the frontend's.
  client text primary key,
  -- One after the other, with those whose turn is to come.
  wrong integer not null,
  -- When the last one is asked, or was.
  turn_at timestamptz not null
);
