-- The event stream across merchants, for projections. Only transactions older than every running
-- one are shown, so that a place once passed never gains an event.
create or replace function kernel_read_stream(after_xid numeric, after_id uuid, max_rows integer)
returns table (xid numeric, id uuid, merchant_id bigint, name text, subject_id text,
               payload jsonb, occurred_at timestamptz, recorded_at timestamptz)
language sql stable security definer set search_path = public, pg_temp as $$
    select e.xid::text::numeric, e.id, e.merchant_id, e.name, e.subject_id, e.payload,
           e.occurred_at, e.recorded_at
    from kernel_event e
    where (e.xid, e.id) > (after_xid::text::xid8, after_id)
      and e.xid < pg_snapshot_xmin(pg_current_snapshot())
    order by e.xid, e.id
    limit max_rows
$$;
