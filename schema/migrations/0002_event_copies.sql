-- SPDX-License-Identifier: Apache-2.0
-- compatible-from: 1
-- A worker of schema 1 works on as before; the copies that it sees are not recorded.

-- Each further copy of an event that came as a stream entry of its own: what it takes to account for every entry.
create table event_copies (
  entry_id    text        primary key,                -- Redis stream id
  event_key   bytea       not null,                   -- webhook_events.event_key
  received_at timestamptz not null
);
