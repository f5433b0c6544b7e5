-- SPDX-License-Identifier: Apache-2.0
-- compatible-from: 1
-- An older worker works on as before: it does not know pause and drain, and folds no figures.

-- Of the rows 'pause' and 'drain:<worker>'.
alter table controls add column reason text, add column until timestamptz, add column changed_by text;

-- Who steered what, and when. Rows are only ever added.
create table operator_log (
  id     bigint generated always as identity primary key,
  at     timestamptz not null default now(),
  action text        not null,                        -- 'pause', 'resume', 'drain'
  target text,                                        -- the worker that was to drain
  reason text,
  until  timestamptz,
  who    text        not null,                        -- user@host, as the operator's program found it
  login  text        not null default session_user    -- the database role
);

-- What the gateways counted, by minute: figures that leave no row of their own.
create table minute_figures (
  minute timestamptz not null,
  figure text        not null,                        -- 'accepted', 'refused:<reason>'; 'at_least': some were lost
  count  bigint      not null,
  primary key (minute, figure)
);
