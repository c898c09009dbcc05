-- Parcels of every merchant that move a step by now, and news that is to be told.
create or replace function sandbox_due_parcels(at timestamptz, max_rows integer)
returns table (merchant_id bigint, tracking_no varchar)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.merchant_id, p.tracking_no
    from sandbox_sandboxparcel p
    where p.moves_at <= at
    order by p.moves_at
    limit max_rows
$$;

create or replace function sandbox_due_traces(at timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select t.merchant_id, t.id
    from sandbox_sandboxtrace t
    where t.due_at <= sandbox_due_traces.at  -- a bare "at" would be the column
    order by t.due_at, t.id
    limit max_rows
$$;
