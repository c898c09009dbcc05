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

-- How long the oldest fact that a projection has not folded has been waiting, per projection.
create or replace function kernel_projection_lag()
returns table (name text, seconds double precision)
language sql stable security definer set search_path = public, pg_temp as $$
    select c.name, coalesce(extract(epoch from now() - (
        select e.recorded_at from kernel_event e
        where (e.xid, e.id) >
              (c.xid::text::xid8, coalesce(c.event_id, '00000000-0000-0000-0000-000000000000'))
        order by e.xid, e.id limit 1
    ))::double precision, 0)
    from kernel_streamcursor c
$$;

-- Whether a worker lives: it holds an advisory lock of this class for as long as its connection
-- stands (kernel/worker.py).
create or replace function kernel_worker_lives(worker_id bigint) returns boolean
language sql stable set search_path = public, pg_catalog, pg_temp as $$
    select exists (
        select from pg_locks
        where locktype = 'advisory' and classid = 6385272 and granted
          and objid = (worker_id % 2147483648)::oid
          and database = (select oid from pg_database where datname = current_database())
    )
$$;

create or replace function kernel_living_workers() returns bigint
language sql stable set search_path = public, pg_temp as $$
    select count(*) from procrastinate_workers w where kernel_worker_lives(w.id)
$$;
