-- SPDX-License-Identifier: Apache-2.0
-- compatible-from: 1
-- A worker of schema 1 works on as before.

-- Dead letters, newest first, however many there are. Nothing that is not dead is in it.
create index webhook_events_dead on webhook_events (finished_at, id) where state = 'dead';
-- The further copies of an event. Written for copies alone.
create index event_copies_event on event_copies (event_key);

-- Who deleted dead letters by `trunkline dead delete`: one row a run.
create table dead_deletions (
  id         bigint generated always as identity primary key,
  started_at timestamptz not null default now(),
  ended_at   timestamptz not null default now(),      -- last batch
  role       text        not null default session_user,
  person     text        not null,                    -- user@host that ran it
  selection  text        not null,                    -- ids or filter, as given
  reason     text        not null default '',
  events     bigint      not null default 0           -- deleted so far
);
