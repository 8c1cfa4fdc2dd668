-- What opens an order for its guest; whoever has only its number, which everybody sees on the screen, has none. Not
-- filled for the orders that are there, because a default for each would rewrite the table while nobody can order; nor
-- by an older pod beside this version. Such an order shows its status to its guest, and all of it to the staff.
alter table orders add column token text;
