-- Parts of every merchant that want looking at, for the sweep.
create or replace function finance_due_parts(at timestamptz, max_rows integer)
returns table (merchant_id bigint, id uuid)
language sql stable security definer set search_path = public, pg_temp as $$
    select p.merchant_id, p.id
    from finance_refundpart p
    where p.next_look_at <= at
    order by p.next_look_at
    limit max_rows
$$;

-- A journal that does not add up to nothing cannot be committed, whoever writes it.
create or replace function finance_refuse_unbalanced() returns trigger
language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (
        select from finance_ledgerentry e
        where e.merchant_id = new.merchant_id and e.journal_id = new.journal_id
        group by e.currency having sum(e.amount_minor) <> 0
    ) then
        raise exception 'journal % is not balanced', new.journal_id using errcode = '23514';
    end if;
    return null;
end $$;

drop trigger if exists finance_ledger_balanced on finance_ledgerentry;
create constraint trigger finance_ledger_balanced after insert on finance_ledgerentry
    deferrable initially deferred for each row execute function finance_refuse_unbalanced();
