-- Forget the answers of old writes, whichever merchant's; returns how many.
create or replace function kernel_forget_idempotency_keys(kept interval, max_rows integer)
returns bigint
language sql volatile security definer set search_path = public, pg_temp as $$
    with old as (
        select merchant_id, id from kernel_idempotencyrecord
        where created_at < now() - kept order by created_at limit max_rows
    ), gone as (
        delete from kernel_idempotencyrecord r using old
        where r.merchant_id = old.merchant_id and r.id = old.id returning 1
    )
    select count(*) from gone
$$;
