-- SPDX-License-Identifier: Apache-2.0
-- compatible-from: 1
-- What operators did to single events. Workers neither read nor write it.

-- Of 'replay' and 'retry': which event, and what it was before, which its row does not tell any more.
alter table operator_log
  add column event_id    bigint,       -- webhook_events.id
  add column attempts    integer,
  add column finished_at timestamptz;  -- when it had died; reason: why
create index operator_log_event on operator_log (event_id) where event_id is not null;
