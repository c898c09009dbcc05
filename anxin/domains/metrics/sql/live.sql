-- How things stand at one merchant right now, in one call: indexed counts of what is open, and sums
-- of the hour figures. Reads the tables of the shelf below; runs as the caller, under row level
-- security.
create or replace function metrics_live(p_merchant bigint, p_now timestamptz, p_today timestamptz,
                                        p_refunds_since timestamptz, p_rate_since timestamptz)
returns jsonb language sql stable set search_path = public, pg_temp as $$
    with today as (
        select metric, sum(count) as count, sum(total) as total
        from metrics_hourfigure
        where merchant_id = p_merchant and hour >= p_today
          and metric in ('inquiries', 'conversations_opened', 'first_response',
                         'three_minute_response')
        group by metric
    ), waiting as (
        select count(*) as count, min(waiting_since) as since
        from conversations_conversation
        where merchant_id = p_merchant and state = 'waiting_us'
    ), request as (
        select state, count(*) as count, count(*) filter (where due_at < p_now) as overdue
        from aftersales_aftersalesrequest
        where merchant_id = p_merchant
          and state in ('reviewing', 'authorized', 'in_transit', 'received', 'negotiating',
                        'settling')
        group by state
    ), refund as (
        select state, count(*) as count from finance_refund
        where merchant_id = p_merchant and state in ('held', 'requested', 'failed')
        group by state
    ), refunded as (
        select sum(count) as count, sum(total) as total from metrics_hourfigure
        where merchant_id = p_merchant and metric = 'refund_duration' and hour >= p_refunds_since
    ), opened as (
        select sum(count) as count from metrics_hourfigure
        where merchant_id = p_merchant and metric = 'requests_opened' and hour >= p_rate_since
    ), placed as (
        select count(*) as count from commerce_order
        where merchant_id = p_merchant and placed_at >= p_rate_since and placed_at <= p_now
    ), uncounted as (
        select e.recorded_at from kernel_event e
        where e.merchant_id = p_merchant
          and (e.xid, e.id) > (
            select c.xid::text::xid8, coalesce(c.event_id, '00000000-0000-0000-0000-000000000000')
            from (select xid, event_id from kernel_streamcursor where name = 'metrics'
                  union all select 0, null limit 1) c)
        order by e.xid, e.id limit 1
    )
    select jsonb_build_object(
        'waiting', (select count from waiting),
        'waiting_since', (select since from waiting),
        'open', (select count(*) from conversations_conversation
                 where merchant_id = p_merchant and state <> 'closed'),
        'today', (select coalesce(jsonb_object_agg(metric, jsonb_build_array(count, total)), '{}')
                  from today),
        'requests', (select coalesce(jsonb_object_agg(state, count), '{}') from request),
        'overdue', (select coalesce(sum(overdue), 0) from request),
        'refunds', (select coalesce(jsonb_object_agg(state, count), '{}') from refund),
        'refunded', (select jsonb_build_array(coalesce(count, 0), coalesce(total, 0))
                     from refunded),
        'opened', (select coalesce(count, 0) from opened),
        'placed', (select count from placed),
        'uncounted_since', (select recorded_at from uncounted))
$$;
