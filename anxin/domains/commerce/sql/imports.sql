-- Imports of all merchants that nobody works on though they are under way (their process died),
-- and checked ones that nobody decided on for a day.
create or replace function commerce_stalled_imports(now timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid, state text)
language sql stable security definer set search_path = public, pg_temp as $$
    select r.merchant_id, r.id, r.state
    from commerce_importrun r
    where (r.state in ('reading', 'applying') and r.touched_at < now - interval '3 minutes')
       or (r.state = 'checked' and r.touched_at < now - interval '1 day')
    order by r.touched_at
    limit max_rows
$$;
