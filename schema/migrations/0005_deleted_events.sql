-- SPDX-License-Identifier: Apache-2.0
-- compatible-from: 1
-- Workers neither read nor write these.

-- Which events `trunkline dead delete` deleted: one row each, so that each can still be named.
create table dead_deleted_events (
  id          bigint      not null,                   -- webhook_events.id; a restored table may give it again
  deletion_id bigint      not null,                   -- dead_deletions.id
  event_key   bytea       not null,
  event_id    text        not null,                   -- this and the other texts: at most 200 characters
  event_type  text        not null,
  delivery_id text        not null,
  entry_id    text        not null,
  received_at timestamptz not null,
  finished_at timestamptz not null,                   -- when it died
  reason      text        not null,
  copies      bigint      not null,                   -- rows of event_copies that went with it
  primary key (deletion_id, id)
);
create index dead_deleted_events_id on dead_deleted_events (id);
create index dead_deleted_events_event on dead_deleted_events (event_id);

alter table dead_deletions add column copies bigint not null default 0;  -- deleted so far
