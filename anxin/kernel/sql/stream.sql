-- The place in the stream up to which it is complete: every transaction of this database with a
-- smaller id has ended. (pg_snapshot_xmin would also wait for transactions of other databases.)
--
-- The snapshot, whose xmax bounds the answer, is older than the look at the sessions; a transaction
-- below xmax that runs has its id shown there. Readers must take a new snapshot afterwards: another
-- statement. The owner, who defines this, sees the ids of his own and the application's sessions.
create or replace function kernel_horizon() returns numeric
language plpgsql volatile security definer set search_path = pg_catalog, pg_temp as $$
declare
    v_end numeric := pg_snapshot_xmax(pg_current_snapshot())::text::numeric;
begin
    perform pg_stat_clear_snapshot();
    return (
        select least(v_end, min(v_end - mod(v_end - backend_xid::text::numeric + 4294967296 * 2,
                                            4294967296)))
        from pg_stat_activity
        where datname = current_database() and backend_xid is not null
          -- Above the end: begun after the snapshot, so no concern of ours.
          and mod(v_end - backend_xid::text::numeric + 4294967296 * 2, 4294967296) < 2147483648
    );
end $$;

-- The event stream across merchants, for projections, up to the place where it is complete, so that
-- a place once passed never gains an event. Two statements, two snapshots: see above.
create or replace function kernel_read_stream(after_xid numeric, after_id uuid, max_rows integer)
returns table (xid numeric, id uuid, merchant_id bigint, name text, subject_id text,
               payload jsonb, occurred_at timestamptz, recorded_at timestamptz)
language plpgsql volatile security definer set search_path = public, pg_temp as $$
#variable_conflict use_column
declare
    v_horizon xid8 := kernel_horizon()::text::xid8;
begin
    return query
    select e.xid::text::numeric, e.id, e.merchant_id, e.name::text, e.subject_id::text, e.payload,
           e.occurred_at, e.recorded_at
    from kernel_event e
    where (e.xid, e.id) > (after_xid::text::xid8, after_id) and e.xid < v_horizon
    order by e.xid, e.id
    limit max_rows;
end $$;
