-- SPDX-License-Identifier: Apache-2.0
-- The tables of design.md section 4 and merge.md. Registers and their joins are explained in schema/README.md.

create function tl_union(a text[], b text[]) returns text[]
  language sql immutable strict parallel safe
  as $$ select array_agg(distinct x collate "C" order by x collate "C") from unnest(a || b) x $$;

-- Microseconds since 1970 as the worker sends them. Stable and not immutable, as timestamptz + interval is:
-- only so is the call inlined.
create function tl_time(us bigint) returns timestamptz
  language sql stable strict parallel safe
  as $$ select timestamptz 'epoch' + us * interval '1 microsecond' $$;

create table webhook_events (
  id                   bigint generated always as identity primary key,
  event_key            bytea       not null unique check (octet_length(event_key) = 32),
  event_id             text        not null,          -- delivery id, else envelope id, else the key in hex: for people
  event_type           text        not null,          -- as sent, "" if there is none
  api_version          text,
  state                text        not null check (state in ('processed', 'ignored', 'retrying', 'paused', 'dead')),
  processed            boolean     not null generated always as (state = 'processed') stored,
  error_message        text,
  sqlstate             text,
  attempts             integer     not null default 0 check (attempts >= 0),
  claims               integer     not null default 0 check (claims >= 0),
  next_attempt_at      timestamptz,
  leased_until         timestamptz,
  received_at          timestamptz not null,
  occurred_at          timestamptz,                   -- by the provider's clock
  finished_at          timestamptz,                   -- processed, ignored or dead since
  activity_id          text,                          -- activities.openphone_id or contact_cards.card_id
  delivery_id          text        not null,          -- ours, answered as Trunkline-Delivery-Id
  provider_delivery_id text,                          -- webhook-id
  entry_id             text        not null,          -- Redis stream id of the first copy
  scheme               text        not null,
  key_index            integer     not null,
  parser_version       integer     not null,
  payload              json,
  raw                  bytea,
  constraint bytes_once check ((payload is null) <> (raw is null)),
  constraint retrying_is_due check ((state in ('retrying', 'paused')) = (next_attempt_at is not null)),
  constraint finished_iff_final check ((state in ('processed', 'ignored', 'dead')) = (finished_at is not null)),
  constraint lease_only_retrying check (leased_until is null or state = 'retrying'),
  constraint dead_says_why check (state <> 'dead' or error_message is not null)
);
alter table webhook_events alter payload set compression lz4, alter raw set compression lz4;
create index webhook_events_due on webhook_events (next_attempt_at) where state = 'retrying';
create index webhook_events_leased on webhook_events (leased_until) where leased_until is not null;
create index webhook_events_state on webhook_events (state, received_at) where state not in ('processed', 'ignored');
create index webhook_events_received on webhook_events (received_at);
create index webhook_events_event_id on webhook_events (event_id);

create table contacts (
  id         bigint generated always as identity primary key,
  phone      text collate "C" not null unique check (phone ~ '^\+[1-9][0-9]{6,14}$'),
  named      boolean     not null default false,      -- a hint or a card names it: it stays even if unreferenced
  name       text        not null,                    -- of the newest card that lists the number, else the number
  first_name text, last_name text, company text, role text,
  card_id    text,
  created_at timestamptz not null default now(),
  updated_at timestamptz not null default now()
);

create table contact_cards (
  id          bigint generated always as identity primary key,
  card_id     text collate "C" not null unique,
  stamp       timestamptz not null,                   -- -infinity where the provider gave no time
  deleted     boolean     not null,
  record      text collate "C" not null,              -- canonical JSON text of the version that won
  phones      text[] collate "C" not null,
  ever_phones text[] collate "C" not null,            -- of all versions seen
  first_name text, last_name text, company text, role text, external_id text,
  emails      text[] not null,
  updated_at  timestamptz not null default now()
);
create index contact_cards_phones on contact_cards using gin (phones);

create table conversations (
  id               bigint generated always as identity primary key,
  openphone_id     text collate "C",                  -- null: a fallback, grouped by its parties
  party_key        text collate "C",                  -- of a fallback only
  contact_id       bigint,
  last_activity_at timestamptz,
  last_activity_id text collate "C",                  -- activities.openphone_id
  created_at       timestamptz not null default now(),
  constraint one_name check ((openphone_id is null) <> (party_key is null))
) with (fillfactor = 80);
-- No index on what every event moves (last_activity_at): updates stay within their page.
create unique index conversations_openphone_id on conversations (openphone_id) where openphone_id is not null;
create unique index conversations_party_key on conversations (party_key) where party_key is not null;

create table conversation_links (
  party_key       text collate "C" primary key,
  ref             text collate "C",                   -- least provider id seen with these parties; null: fallback
  conversation_id bigint not null
);

create table own_numbers (
  phone       text collate "C" primary key,
  from_events boolean not null
);

create table activities (
  id            bigint generated always as identity primary key,
  openphone_id  text collate "C" not null unique,
  -- G
  activity_type text collate "C" not null check (activity_type in ('message', 'call')),
  direction_k   text collate "C",
  direction     text generated always as (substr(direction_k, 2)) stored check (direction in ('incoming', 'outgoing')),
  from_number   text collate "C",
  to_numbers    text[] collate "C",
  user_id       text collate "C",
  line_id       text collate "C",
  answered_by   text collate "C",
  initiated_by  text collate "C",
  contact_hint  text collate "C",
  answered_at   timestamptz,
  completed_at  timestamptz,
  duration_r    integer,
  active_at     timestamptz,
  unanswered    boolean,
  has_voicemail boolean,
  ai_content_k  text collate "C",
  -- L
  created_at    timestamptz,
  -- U
  parties       text[] collate "C",
  conv_refs     text[] collate "C",
  party_keys    text[] collate "C",
  contact_ids   text[] collate "C",
  -- N: (value_at, value)
  body text collate "C",                    body_at timestamptz,
  media_urls jsonb, media_types jsonb,      media_at timestamptz,
  error jsonb,                              error_at timestamptz,
  recording_url text collate "C",           recording_url_at timestamptz,
  recording_duration_seconds integer,       recording_duration_at timestamptz,
  recording_size_bytes bigint,              recording_size_at timestamptz,
  ai_summary text collate "C",              ai_summary_at timestamptz,
  ai_key_points jsonb,                      ai_key_points_at timestamptz,
  ai_next_steps jsonb,                      ai_next_steps_at timestamptz,
  ai_sentiment text collate "C",            ai_sentiment_at timestamptz,
  ai_jobs jsonb,                            ai_jobs_at timestamptz,
  ai_transcript jsonb, ai_transcript_raw jsonb, ai_transcript_at timestamptz,
  voicemail jsonb,                          voicemail_at timestamptz,
  forwarded jsonb,                          forwarded_at timestamptz,
  menu jsonb,                               menu_at timestamptz,
  status_r text collate "C", status_level smallint, status_at timestamptz, status_rank smallint,
  -- derived from this row alone
  error_code    text generated always as (error ->> 'code') stored,
  error_detail  text generated always as (error ->> 'detail') stored,
  ai_content_status text generated always as (substr(ai_content_k, 2)) stored,
  duration_seconds integer generated always as (
    coalesce(duration_r, case when completed_at - answered_at between interval '0' and interval '2147483647 seconds'
                              then extract(epoch from completed_at - answered_at)::integer end)) stored,
  occurred_at   timestamptz generated always as (coalesce(created_at, answered_at, completed_at)) stored,
  status        text generated always as (
    case when status_r = 'completed' and unanswered and answered_at is null and coalesce(duration_r, 0) = 0
         then case when direction_k in ('1outgoing', '2outgoing') then 'no-answer' else 'missed' end
         else status_r end) stored,
  -- across rows (merge.md section 4)
  contact_id      bigint,
  conversation_id bigint,
  erased          boolean     not null default false,
  updated_at      timestamptz not null default now()
) with (fillfactor = 80);
create index activities_timeline on activities (conversation_id, occurred_at desc nulls last);
create index activities_contact on activities (contact_id, occurred_at desc nulls last);
create index activities_unhinted on activities using gin (parties) where contact_hint is null;

create table recordings (
  call_openphone_id text collate "C" not null,
  recording_id      text collate "C" not null,
  url text collate "C",            url_at timestamptz,
  content_type text collate "C",   content_type_at timestamptz,
  duration_seconds integer,        duration_at timestamptz,
  size_bytes bigint,               size_at timestamptz,
  started_at timestamptz,          started_at_at timestamptz,
  primary key (call_openphone_id, recording_id)
);

create table controls (
  name       text primary key,                        -- 'probe': a worker asked whether the database takes writes
  value      text,
  changed_at timestamptz not null default now()
);
