-- SPDX-License-Identifier: Apache-2.0
-- Compares roles and privileges with schema/roles.sql. Returns missing roles, missing privileges, and roles of Trunkline
-- with rights over the whole cluster.
with roles as (
  select array_agg(r) filter (where not exists (select from pg_roles where rolname = r)) as missing
  from unnest(array['trunkline_owner', 'trunkline_worker', 'trunkline_readonly']) r
), expected as (
  select r.role, t.name, p.privilege
  from (values ('trunkline_worker'), ('trunkline_readonly')) r (role),
    (values ('activities', 'insert, update'), ('contact_cards', 'insert, update'),
      ('contacts', 'insert, update, delete'), ('controls', 'insert, update'),
      ('conversation_links', 'insert, update, delete'), ('conversations', 'insert, update, delete'),
      ('dead_deleted_events', ''), ('dead_deletions', ''), ('event_copies', 'insert'),
      ('minute_figures', 'insert, update'), ('operator_log', 'insert'), ('own_numbers', 'insert, update'),
      ('recordings', 'insert, update'), ('schema_migrations', ''), ('webhook_events', 'insert, update')
    ) t (name, writes),
    regexp_split_to_table('select' || case when r.role = 'trunkline_worker' and t.writes <> ''
      then ', ' || t.writes else '' end, ', ') p (privilege)
)
select (select array_to_string(missing, ', ') from roles),
  (select string_agg(distinct e.role || ' on ' || e.name, ', ') from expected e
    where to_regclass('public.' || e.name) is not null
      and exists (select from pg_roles where rolname = e.role)
      and not has_table_privilege(e.role, 'public.' || e.name, e.privilege)),
  (select string_agg(rolname, ', ') from pg_roles
    where rolname like 'trunkline\_%' and (rolsuper or rolcreaterole or rolcreatedb))
