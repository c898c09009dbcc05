-- The newest messages of one merchant that match a query of his words (tokens.py), as ids.
--
-- Row level security would have PostgreSQL compare every row's merchant before it may ask the word
-- index (@@ is not leakproof); so this runs as the owner and checks the merchant itself: no other
-- than the one that is being acted for.
--
-- Words that are frequent are found among the newest messages at once; words that are not have
-- short lists in the index. Either way the work does not grow with what is stored.
create or replace function conversations_search(
    p_merchant bigint, p_query tsquery, p_before uuid, p_limit integer, p_customer uuid)
returns setof uuid
language plpgsql stable security definer set search_path = public, pg_temp
set enable_seqscan = off as $$
declare
    v_found uuid[];
begin
    if p_merchant is distinct from nullif(current_setting('anxin.merchant_id', true), '')::bigint then
        return;
    end if;
    if p_customer is null then
        select array_agg(id) into v_found from (
            select id from (
                select id, tokens from conversations_message
                where merchant_id = p_merchant and id < p_before order by id desc limit 2000
            ) newest
            where tokens @@ p_query order by id desc limit p_limit
        ) hit;
        if cardinality(v_found) >= p_limit then
            return query select unnest(v_found);
            return;
        end if;
    end if;
    -- "+ 0": the words are the merchant's already; his other index would only add work. And
    -- materialised, so that nobody walks all messages backwards in the hope of a hit.
    return query
    with hit as materialized (
        select m.id, m.conversation_id from conversations_message m
        where m.tokens @@ p_query and m.merchant_id + 0 = p_merchant and m.id < p_before
    )
    select hit.id from hit
    where p_customer is null or hit.conversation_id in (
        select c.id from conversations_conversation c
        where c.merchant_id = p_merchant and c.customer_id = p_customer)
    order by hit.id desc limit p_limit;
end $$;
