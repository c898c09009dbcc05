-- Inbound messages of any number of merchants, one batch, one transaction: customer, identity,
-- conversation, message, event and notice. Called by conversations/services/receiving.py.
--
-- The same (merchant, channel, external id) twice is one message. Numbers within a conversation
-- have no gaps: they are given under the conversation's lock, and whatever could spoil them (the
-- same message from another process at the same moment, a conversation closed just now) fails the
-- whole call, to be called again. Locks are taken in key order, in three phases: identities,
-- new conversations, existing conversations; so two batches cannot wait for each other.
--
-- Plans are made for a handful of rows against big tables, whatever the tables hold at first, and
-- anew at each call: a plan kept from a small table halved the rate, by chance, for a session's life.
create or replace function conversations_receive(
    p_now timestamptz, p_merchant bigint[], p_by_kind text[], p_by_id text[],
    p_channel text[], p_external text[], p_customer uuid[], p_sender text[], p_name text[],
    p_phone text[], p_email text[], p_store uuid[], p_text text[], p_preview text[],
    p_tokens text[], p_files text[], p_links text[], p_sent_at timestamptz[],
    p_message_id uuid[], p_conversation_id uuid[], p_customer_id uuid[], p_identity_id uuid[],
    p_phone_id uuid[], p_email_id uuid[], p_event_id uuid[])
returns table (place bigint, message_id uuid, conversation_id uuid, customer_id uuid,
               seq integer, is_new boolean, opened boolean)
language plpgsql security definer set search_path = public, pg_temp
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
set plan_cache_mode = force_custom_plan as $$
#variable_conflict use_column
declare
    v_fresh boolean[];
    v_customer uuid[];
    v_conversation uuid[];
    v_opened uuid[];
    v_notice text;
    v_put bigint;
begin
    -- What is new, and whom we know.
    select array_agg(m.id is null and t.nth = 1 order by t.ord),
           array_agg(coalesce(t.customer, i.customer_id) order by t.ord)
    into v_fresh, v_customer
    from (select u.*, row_number() over (partition by merchant, channel, external order by ord) nth
          from unnest(p_merchant, p_channel, p_external, p_customer, p_sender)
               with ordinality u(merchant, channel, external, customer, sender, ord)) t
    left join conversations_message m
      on m.merchant_id = t.merchant and m.channel = t.channel and m.external_id = t.external
    left join customers_identity i
      on i.merchant_id = t.merchant and i.channel = t.channel and i.address = t.sender;

    if exists (select from unnest(v_fresh, v_customer) x(fresh, customer)
               where fresh and customer is null) then
        -- A sender seen for the first time is the customer with his phone or e-mail, or a new one.
        with stranger as (
            select distinct on (merchant, channel, sender) t.*
            from unnest(p_merchant, p_channel, p_sender, p_name, p_phone, p_email, p_customer_id,
                        p_identity_id, p_phone_id, p_email_id, v_fresh, v_customer)
                 t(merchant, channel, sender, name, phone, email, new_customer,
                   identity_id, phone_id, email_id, fresh, customer)
            where fresh and customer is null
            order by merchant, channel, sender
        ), met as (
            select s.*, coalesce(p.customer_id, e.customer_id) as known
            from stranger s
            left join customers_identity p on s.phone <> '' and p.merchant_id = s.merchant
                 and p.channel = 'phone' and p.address = s.phone
            left join customers_identity e on s.email <> '' and e.merchant_id = s.merchant
                 and e.channel = 'email' and e.address = s.email
        ), put as (
            insert into customers_identity (id, merchant_id, customer_id, channel, address, created_at)
            select identity_id, merchant, coalesce(known, new_customer), channel, sender, p_now
            from met order by merchant, channel, sender
            on conflict do nothing
            returning id
        ), born as (
            insert into customers_customer (id, merchant_id, name, sort_key, tier, language,
                                            external_ref, created_at)
            select new_customer, merchant, name, lower(name), '', '', '', p_now
            from met join put on put.id = met.identity_id where known is null
        )
        insert into customers_identity (id, merchant_id, customer_id, channel, address, created_at)
        select extra.id, merchant, coalesce(known, new_customer), extra.channel, extra.address, p_now
        from met join put on put.id = met.identity_id,
             lateral (values (phone_id, 'phone', phone), (email_id, 'email', email))
                 extra(id, channel, address)
        where extra.address <> ''
        order by merchant, extra.channel, extra.address
        on conflict do nothing;

        select array_agg(coalesce(t.customer, i.customer_id) order by t.ord) into v_customer
        from unnest(p_merchant, p_channel, p_sender, v_customer)
             with ordinality t(merchant, channel, sender, customer, ord)
        left join customers_identity i on t.customer is null
          and i.merchant_id = t.merchant and i.channel = t.channel and i.address = t.sender;
    end if;

    with wanted as (
        select distinct on (merchant, customer, channel) t.*
        from unnest(p_merchant, v_customer, p_channel, p_store, p_conversation_id, v_fresh)
             with ordinality t(merchant, customer, channel, store, new_id, fresh, ord)
        where fresh and not exists (
            select from conversations_conversation c
            where c.merchant_id = t.merchant and c.customer_id = t.customer
              and c.channel = t.channel and c.state <> 'closed')
        order by merchant, customer, channel, ord
    ), put as (
        insert into conversations_conversation (
            id, merchant_id, number, customer_id, channel, store_id, state, language, last_seq,
            customer_seen_seq, seen_seq, preview, suggested_order_no, first_inbound_at,
            last_message_at, created_at)
        select new_id, merchant, '', customer, channel, store, 'waiting_us', '', 0, 0, 0, '', '',
               p_now, p_now, p_now
        from wanted order by merchant, customer, channel
        on conflict do nothing
        returning id
    )
    select array_agg(id) into v_opened from put;

    select array_agg(c.id order by t.ord) into v_conversation
    from unnest(p_merchant, v_customer, p_channel, v_fresh)
         with ordinality t(merchant, customer, channel, fresh, ord)
    left join conversations_conversation c on t.fresh and c.merchant_id = t.merchant
      and c.customer_id = t.customer and c.channel = t.channel and c.state <> 'closed';

    perform from conversations_conversation c
    where c.id in (select unnest(v_conversation)) order by c.merchant_id, c.id
    for no key update;

    update conversations_conversation c set
        last_seq = c.last_seq + news.many, preview = news.preview, last_message_at = p_now,
        customer_seen_seq = c.last_seq + news.many, state = 'waiting_us',
        first_inbound_at = coalesce(c.first_inbound_at, p_now),
        waiting_since = case when c.state = 'waiting_us' then coalesce(c.waiting_since, p_now)
                             else p_now end,
        store_id = coalesce(c.store_id, news.store)
    from (select merchant, id, count(*) as many,
                 (array_agg(preview order by ord desc))[1] as preview,
                 (array_agg(store order by ord) filter (where store is not null))[1] as store
          from unnest(p_merchant, v_conversation, p_preview, p_store, v_fresh)
               with ordinality t(merchant, id, preview, store, fresh, ord)
          where fresh group by merchant, id) news
    where c.merchant_id = news.merchant and c.id = news.id and c.state <> 'closed';

    -- Columns are unnested, never subscripted: an element of a text array is found by walking.
    with news as (
        select t.*, row_number() over this_one as nth, count(*) over (partition by id) as many
        from unnest(p_merchant, v_conversation, v_customer, p_message_id, p_event_id, p_store,
                    p_by_kind, p_by_id, p_channel, p_external, p_name, p_text, p_files, p_links,
                    p_tokens, p_sent_at, v_fresh)
             with ordinality t(merchant, id, customer, message_id, event_id, store, by_kind, by_id,
                               channel, external, name, text, files, links, tokens, sent_at, fresh,
                               ord)
        where fresh
        window this_one as (partition by id order by ord)
    ), put as (
        -- An inner join: a conversation closed just now leaves a message out, and the check below
        -- calls all of it off.
        insert into conversations_message (
            id, merchant_id, conversation_id, seq, channel, external_id, direction, author_kind,
            author_id, author_name, text, file_ids, links, tokens, sent_at, recorded_at)
        select n.message_id, n.merchant, n.id, c.last_seq - n.many + n.nth, n.channel,
               n.external, 'in', 'buyer', n.customer::text, n.name, n.text, n.files::uuid[],
               n.links::text[], n.tokens::tsvector, n.sent_at, p_now
        from news n
        join conversations_conversation c
          on c.merchant_id = n.merchant and c.id = n.id and c.state <> 'closed'
        order by n.merchant, n.channel, n.external
        returning id, merchant_id, conversation_id, seq, channel
    ), told as (
        insert into kernel_event (id, merchant_id, name, subject_kind, subject_id, payload, by_kind,
                                  by_id, occurred_at, recorded_at, xid)
        select n.event_id, put.merchant_id, 'conversations.MessageReceived',
               'conversations', put.conversation_id::text,
               jsonb_build_object(
                   'conversation_id', put.conversation_id, 'message_id', put.id, 'seq', put.seq,
                   'channel', put.channel, 'store_id', n.store,
                   'opened', put.seq = 1 and put.conversation_id = any(v_opened)),
               n.by_kind, n.by_id, p_now, now(), pg_current_xact_id()
        from put join news n on n.message_id = put.id
        order by n.event_id
    )
    -- Ids only, a hundred at a time: a notice may have 8,000 bytes.
    select string_agg(pg_notify('anxin_live', jsonb_build_object('messages', items)::text)::text, ''),
           sum(many)
    into v_notice, v_put
    from (select jsonb_agg(jsonb_build_array(merchant_id, conversation_id, last)) as items,
                 sum(many) as many
          from (select merchant_id, conversation_id, max(seq) as last, count(*) as many,
                       (row_number() over ()) / 100 as page
                from put group by merchant_id, conversation_id) each_one
          group by page) pages;

    perform pg_notify('anxin_stream', '') where v_notice is not null;

    if coalesce(v_put, 0) < (select count(*) from unnest(v_fresh) x where x) then
        raise exception 'a conversation was closed while its message came' using errcode = '40001';
    end if;

    return query
    select t.ord, m.id, m.conversation_id, m.author_id::uuid, m.seq, t.fresh,
           t.fresh and m.seq = 1 and coalesce(m.conversation_id = any(v_opened), false)
    from unnest(p_merchant, p_channel, p_external, v_fresh)
         with ordinality t(merchant, channel, external, fresh, ord)
    join conversations_message m
      on m.merchant_id = t.merchant and m.channel = t.channel and m.external_id = t.external
    order by t.ord;
end $$;
