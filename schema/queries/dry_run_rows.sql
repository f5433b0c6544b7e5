-- SPDX-License-Identifier: Apache-2.0
-- Returns the rows that an event may change, one row per column, for a comparison before and after a dry run. $1 is the
-- id of the event row, $2 its activity or card, $3 provider conversation ids, $4 party keys, $5 phone numbers.
with rows as (
  select 'webhook_events' as name, id::text as key,
         jsonb_build_object('state', state, 'error_message', error_message, 'sqlstate', sqlstate, 'attempts', attempts,
                            'activity_id', activity_id, 'parser_version', parser_version) as content
    from webhook_events where id = $1::bigint
  union all
  select 'activities', openphone_id, to_jsonb(a) from activities a where openphone_id = $2
  union all
  select 'recordings', call_openphone_id || ' ' || recording_id, to_jsonb(r) from recordings r
   where call_openphone_id = $2
  union all
  select 'contact_cards', card_id, to_jsonb(c) from contact_cards c where card_id = $2
  union all
  select 'contacts', phone, to_jsonb(c) from contacts c
   where phone = any($5::text[]) or id in (select contact_id from activities where openphone_id = $2)
  union all
  select 'conversations', coalesce(openphone_id, party_key), to_jsonb(c) from conversations c
   where openphone_id = any($3::text[]) or party_key = any($4::text[])
      or id in (select conversation_id from activities where openphone_id = $2)
  union all
  select 'conversation_links', party_key, to_jsonb(l) from conversation_links l where party_key = any($4::text[])
  union all
  select 'own_numbers', phone, to_jsonb(o) from own_numbers o where phone = any($5::text[]))
select rows.name, rows.key, field.key, field.value
  from rows, jsonb_each_text(rows.content) field
