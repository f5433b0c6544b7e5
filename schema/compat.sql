-- SPDX-License-Identifier: Apache-2.0
-- Optional: read-only views with the names and columns of the former Flask service, for its reports and screens. Run it
-- as the owner of the tables, and again after each migration. docs/migrating.md describes the columns.
--
--   psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f schema/compat.sql
--
-- The views are created in the first schema of the search path. To create them in a separate schema, next to old tables
-- with the same names, run these lines, the first as a superuser unless the owner may create schemas:
--   psql -d trunkline -c 'create schema compat authorization trunkline_owner'
--   PGOPTIONS='-c search_path=compat,public' psql "$DATABASE_URL" -v ON_ERROR_STOP=1 -f schema/compat.sql
-- Readers use the name of the schema (compat.activity) or have it in their search path.
-- To remove the views: drop view activity, conversation, contact, webhook_event; or drop schema compat cascade
begin;

-- PostgreSQL skips a schema of the search path that does not exist, and would create the views in the next one.
do $$
declare
  wanted text := (parse_ident(nullif(split_part(current_setting('search_path'), ',', 1), '')))[1];
begin
  if wanted <> '$user' and not exists (select from pg_namespace where nspname = wanted) then
    execute format('create schema %I', wanted);
  end if;
exception when insufficient_privilege then
  raise exception 'there is no schema % yet, and % may make none', wanted, current_user
    using hint = format('As a superuser: create schema %I authorization %I', wanted, current_user);
end $$;

create or replace view contact as
select c.id,
       coalesce(c.first_name, c.name) as first_name,
       coalesce(c.last_name, case when c.first_name is null then '(from OpenPhone)' else '' end) as last_name,
       k.emails[1] as email,
       c.phone::text as phone,
       null::json as contact_metadata,
       c.created_at at time zone 'UTC' as created_at
  from contacts c
  left join contact_cards k on k.card_id = c.card_id;

create or replace view conversation as
select c.id,
       c.openphone_id::text as openphone_id,
       c.contact_id,
       k.name,
       array_to_string(a.parties, ',') as participants,
       a.line_id::text as phone_number_id,
       c.last_activity_at at time zone 'UTC' as last_activity_at,
       a.activity_type::text as last_activity_type,
       a.id as last_activity_id
  from conversations c
  left join contacts k on k.id = c.contact_id
  left join activities a on a.openphone_id = c.last_activity_id;

-- Times are in UTC without a zone, as in the former service. Campaign ids and metadata have no counterpart.
create or replace view activity as
select a.id,
       a.openphone_id::text as openphone_id,
       a.conversation_id,
       a.contact_id,
       a.activity_type::text as activity_type,
       a.direction,
       a.status,
       a.from_number::text as from_number,
       to_json(a.to_numbers) as to_numbers,
       a.user_id::text as user_id,
       a.line_id::text as phone_number_id,
       a.body::text as body,
       a.media_urls::json as media_urls,
       a.duration_seconds,
       a.recording_url::text as recording_url,
       a.voicemail ->> 'url' as voicemail_url,
       a.answered_at at time zone 'UTC' as answered_at,
       a.answered_by::text as answered_by,
       a.completed_at at time zone 'UTC' as completed_at,
       a.initiated_by::text as initiated_by,
       a.forwarded ->> 'from' as forwarded_from,
       a.forwarded ->> 'to' as forwarded_to,
       a.ai_summary::text as ai_summary,
       a.ai_next_steps::json as ai_next_steps,
       a.ai_transcript::json as ai_transcript,
       a.ai_content_status,
       null::json as activity_metadata,
       null::integer as campaign_id,
       a.occurred_at at time zone 'UTC' as created_at,
       a.updated_at at time zone 'UTC' as updated_at
  from activities a;

create or replace view webhook_event as
select e.id,
       e.event_id,
       e.event_type,
       e.api_version,
       e.payload,
       e.processed,
       case when e.processed then e.finished_at at time zone 'UTC' end as processed_at,
       e.error_message,
       e.received_at at time zone 'UTC' as created_at
  from webhook_events e;

-- The views are for reading; joins make some of them unwritable. Grants are for the roles of roles.sql, if they exist.
do $$
declare
  view_name text;
begin
  if current_schema() <> 'public' and exists (select from pg_roles where rolname = 'trunkline_readonly') then
    execute format('grant usage on schema %I to trunkline_readonly', current_schema());
  end if;
  foreach view_name in array '{activity,conversation,contact,webhook_event}'::text[] loop
    execute format('revoke all on %I from public', view_name);
    if exists (select from pg_roles where rolname = 'trunkline_readonly') then
      execute format('grant select on %I to trunkline_readonly', view_name);
    end if;
  end loop;
end $$;

commit;
