-- Requests of all merchants whose one timer has run out; the sweep acts on each for its merchant.
create or replace function aftersales_due_requests(at timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.merchant_id, r.id
    from aftersales_aftersalesrequest r
    where r.due_at <= at
    order by r.due_at
    limit max_rows
$$;
