-- SPDX-License-Identifier: Apache-2.0
-- psql -X -q -f dump.sql: every business table as stable text, one labelled section a table. A row is its
-- natural key, then a line for each column that has a value. Surrogate ids are replaced by natural keys and
-- what depends on clocks, ids and attempts is omitted, so that equal texts mean equal data.
\set ON_ERROR_STOP on
\pset format unaligned
\pset tuples_only on
\pset footer off
set timezone = 'UTC';
set client_min_messages = warning;

create function pg_temp.lines(key text, columns jsonb) returns setof text language sql as $$
  select key
  union all
  (select '  ' || name || ' = ' || replace(value #>> '{}', E'\n', E'\n      ')
     from jsonb_each(columns) as c(name, value)
    where value <> 'null'
    order by name collate "C")
$$;
create function pg_temp.phone(contact bigint) returns text language sql as $$
  select case when contact is not null
              then coalesce((select phone from contacts where id = contact), 'DANGLING') end
$$;
create function pg_temp.conversation(conversation bigint) returns text language sql as $$
  select case when conversation is not null
              then coalesce((select coalesce(openphone_id, 'F(' || party_key || ')')
                               from conversations where id = conversation), 'DANGLING') end
$$;

\echo == webhook_events
select pg_temp.lines(key, columns) from (
  select event_id as key, jsonb_build_object(
           'event_type', event_type, 'api_version', api_version, 'state', state, 'processed', processed,
           'error_message', error_message, 'sqlstate', sqlstate, 'occurred_at', occurred_at,
           'activity_id', activity_id, 'parser_version', parser_version,
           'kept_as', case when raw is null then 'payload' else 'raw' end) as columns
    from webhook_events order by event_id collate "C", event_key) as rows;

\echo == activities
select pg_temp.lines(key, columns) from (
  select openphone_id as key,
         to_jsonb(a) - '{id,openphone_id,contact_id,conversation_id,erased,updated_at}'::text[]
         || jsonb_build_object('contact', pg_temp.phone(contact_id),
                               'conversation', pg_temp.conversation(conversation_id)) as columns
    from activities a order by openphone_id) as rows;

\echo == recordings
select pg_temp.lines(key, columns) from (
  select call_openphone_id || ' ' || recording_id as key,
         to_jsonb(r) - '{call_openphone_id,recording_id}'::text[] as columns
    from recordings r order by call_openphone_id, recording_id) as rows;

\echo == contacts
select pg_temp.lines(key, columns) from (
  select phone as key, to_jsonb(c) - '{id,phone,created_at,updated_at}'::text[] as columns
    from contacts c order by phone) as rows;

\echo == contact_cards
select pg_temp.lines(key, columns) from (
  select card_id as key, to_jsonb(c) - '{id,card_id,updated_at}'::text[] as columns
    from contact_cards c order by card_id) as rows;

\echo == conversations
select pg_temp.lines(key, columns) from (
  select coalesce(openphone_id, 'F(' || party_key || ')') as key,
         jsonb_build_object('contact', pg_temp.phone(contact_id), 'last_activity_at', last_activity_at,
                            'last_activity_id', last_activity_id) as columns
    from conversations order by coalesce(openphone_id, 'F(' || party_key || ')')) as rows;

\echo == conversation_links
select pg_temp.lines(key, columns) from (
  select party_key as key,
         jsonb_build_object('ref', ref, 'conversation', pg_temp.conversation(conversation_id)) as columns
    from conversation_links order by party_key) as rows;

\echo == own_numbers
select pg_temp.lines(key, columns) from (
  select phone as key, jsonb_build_object('from_events', from_events) as columns
    from own_numbers order by phone) as rows;
