-- Pickups of all merchants about which the carrier is to be asked by now.
create or replace function deliveries_due_pickups(at timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.merchant_id, p.id
    from deliveries_pickup p
    where p.next_look_at <= at
    order by p.next_look_at
    limit max_rows
$$;
