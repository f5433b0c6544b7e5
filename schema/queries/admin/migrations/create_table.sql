-- SPDX-License-Identifier: Apache-2.0
-- The table of applied migrations.
create table if not exists schema_migrations (
  version integer primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now(),
  compatible_from integer not null default 1
)
