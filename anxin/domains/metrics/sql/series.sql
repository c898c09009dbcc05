-- Sums of one kept figure by interval of the merchant's own calendar, and the orders placed in them.
create or replace function metrics_intervals(
    p_merchant bigint, p_metric text, p_cuts text[], p_from timestamptz, p_to timestamptz,
    p_grain text, p_zone text, p_dimension text)
returns table (start timestamptz, key text, count bigint, total bigint)
language sql stable set search_path = public, pg_temp as $$
    select date_trunc(p_grain, hour, p_zone),
           case p_dimension when 'store' then store when 'channel' then channel when 'cut' then cut
                            else '' end,
           sum(count)::bigint, sum(total)::bigint
    from metrics_hourfigure
    where merchant_id = p_merchant and metric = p_metric and hour >= p_from and hour < p_to
      and (p_cuts is null or cut = any(p_cuts))
    group by 1, 2
    order by 1, 2
$$;

create or replace function metrics_orders_placed(
    p_merchant bigint, p_from timestamptz, p_to timestamptz, p_grain text, p_zone text,
    p_dimension text)
returns table (start timestamptz, key text, count bigint)
language sql stable set search_path = public, pg_temp as $$
    select date_trunc(p_grain, placed_at, p_zone),
           case p_dimension when 'store' then store_id::text else '' end, count(*)
    from commerce_order
    where merchant_id = p_merchant and placed_at >= p_from and placed_at < p_to
    group by 1, 2
$$;

-- The stores of some orders, for facts that name only the order.
create or replace function metrics_stores_of(p_merchant bigint, p_orders uuid[])
returns table (order_id text, store_id text)
language sql stable set search_path = public, pg_temp as $$
    select id::text, store_id::text from commerce_order
    where merchant_id = p_merchant and id = any(p_orders)
$$;
