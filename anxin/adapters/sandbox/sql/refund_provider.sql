-- Pending refunds of every merchant that are over by now, and callbacks that are due.
create or replace function sandbox_due_refunds(at timestamptz, max_rows integer)
returns table (merchant_id bigint, number varchar)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.merchant_id, r.number
    from sandbox_sandboxrefund r
    where r.settles_at <= at
    order by r.settles_at
    limit max_rows
$$;

create or replace function sandbox_due_callbacks(at timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid, body text, attempts integer)
language sql stable security definer set search_path = public, pg_temp as $$
    select c.merchant_id, c.id, c.body, c.attempts
    from sandbox_sandboxcallback c
    where c.due_at <= at
    order by c.due_at, c.id
    limit max_rows
$$;
