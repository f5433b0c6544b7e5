-- SPDX-License-Identifier: Apache-2.0
-- All rows of the samples as text, for the comparison with rows.expected. Excluded are surrogate ids,
-- times of our own clock, and the columns that only the merge uses (schema/README.md explains them;
-- the golden tests cover them).
set timezone = 'UTC';
with
of_merge (columns) as (
  values ('{direction_k,duration_r,ai_content_k,status_r,status_level,status_at,status_rank,active_at,
    contact_hint,parties,party_keys,conv_refs,contact_ids,body_at,media_at,error,error_at,recording_url_at,
    recording_duration_at,recording_size_at,ai_summary_at,ai_key_points_at,ai_next_steps_at,
    ai_sentiment_at,ai_jobs_at,ai_transcript_at,voicemail_at,forwarded_at,menu_at,url_at,
    content_type_at,duration_at,size_at,started_at_at,named,ever_phones,record,stamp,erased}'::text[])
),
sample_activities as (
  select * from activities where openphone_id similar to '(MSG|CALL|AC)DEMO[0-9]{4}'
),
facts (place, name, columns) as (
  select 1, 'contact ' || phone, to_jsonb(c) - '{id,created_at,updated_at}'::text[]
  from contacts c where id in (select contact_id from sample_activities)
  union all
  select 2, 'card ' || card_id, to_jsonb(c) - '{id,updated_at}'::text[]
  from contact_cards c where card_id = 'CTDEMO0017'
  union all
  select 3, 'conversation ' || c.openphone_id,
    to_jsonb(c) - '{id,created_at,contact_id}'::text[] || jsonb_build_object('contact', p.phone)
  from conversations c left join contacts p on p.id = c.contact_id
  where c.id in (select conversation_id from sample_activities)
  union all
  select 4, 'link ' || l.party_key,
    to_jsonb(l) - 'conversation_id' || jsonb_build_object('conversation', c.openphone_id)
  from conversation_links l join conversations c on c.id = l.conversation_id
  where c.id in (select conversation_id from sample_activities)
  union all
  select 5, 'own number ' || phone, to_jsonb(o) from own_numbers o where phone = '+14155550100'
  union all
  select 6, 'activity ' || a.openphone_id,
    to_jsonb(a) - '{id,updated_at,contact_id,conversation_id}'::text[]
      || jsonb_build_object('contact', p.phone, 'conversation', c.openphone_id)
  from sample_activities a
  left join contacts p on p.id = a.contact_id
  left join conversations c on c.id = a.conversation_id
  union all
  select 7, 'recording ' || call_openphone_id || ' ' || recording_id, to_jsonb(r)
  from recordings r where call_openphone_id in (select openphone_id from sample_activities)
  union all
  -- The standard scheme's deliveries have a new id each time they are sent: one line for all copies.
  select distinct 8, 'event ' || event_type || ' ' || activity_id,
    jsonb_build_object('state', state, 'processed', processed, 'scheme', scheme, 'api_version', api_version,
      'attempts', attempts, 'error_message', error_message, 'occurred_at', occurred_at)
  from webhook_events
  where activity_id in (select openphone_id from sample_activities union all select 'CTDEMO0017')
)
select '# ' || name || coalesce(
  (select string_agg(E'\n' || key || ': ' || value, '' order by key collate "C")
   from jsonb_each_text(jsonb_strip_nulls(facts.columns - of_merge.columns))), '')
from facts, of_merge order by place, name collate "C";
