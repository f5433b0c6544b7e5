-- SPDX-License-Identifier: Apache-2.0
-- Roles for a production database. Roles belong to the cluster, so no migration creates them. Run this file
-- as a superuser in the database of Trunkline before the first `trunkline migrate`, so that the owner can
-- create the tables, and after each migration, because grants apply to existing tables only. It may be run
-- any number of times.
--
--   psql -d trunkline -v ON_ERROR_STOP=1 -f schema/roles.sql
--   psql -d trunkline -c '\password trunkline_owner'      (and so on)
--   trunkline migrate --postgres postgresql://trunkline_owner@.../trunkline
--   psql -d trunkline -v ON_ERROR_STOP=1 -f schema/roles.sql
--
--   trunkline_owner     owns the tables: migrate, send (which deletes its rows), dead delete, clean-up by hand
--   trunkline_worker    rights for trunkline-worker, `trunkline queue` and `trunkline dead`: no DDL, and DELETE only
--                       on the tables that schema/README.md names
--   trunkline_readonly  people and dashboards

do $$
declare
  role_name text;
  object record;
begin
  foreach role_name in array '{trunkline_owner,trunkline_worker,trunkline_readonly}'::text[] loop
    if not exists (select from pg_roles where rolname = role_name) then
      execute format('create role %I login', role_name);
    end if;
  end loop;
  -- Only our tables: the schema may contain others.
  for object in
    select to_regclass('public.' || name) as name, rights
      from (values ('activities', 'insert, update'), ('contact_cards', 'insert, update'),
                   ('contacts', 'insert, update, delete'), ('controls', 'insert, update'),
                   ('conversation_links', 'insert, update, delete'), ('conversations', 'insert, update, delete'),
                   ('dead_deleted_events', null), ('dead_deletions', null),
                   ('event_copies', 'insert'), ('minute_figures', 'insert, update'), ('operator_log', 'insert'),
                   ('own_numbers', 'insert, update'), ('recordings', 'insert, update'),
                   ('schema_migrations', null), ('webhook_events', 'insert, update')) as worker (name, rights)
     where to_regclass('public.' || name) is not null
  loop
    execute format('alter table %s owner to trunkline_owner', object.name);
    execute format('revoke all on %s from public, trunkline_worker, trunkline_readonly', object.name);
    execute format('grant select on %s to trunkline_worker, trunkline_readonly', object.name);
    if object.rights is not null then
      execute format('grant %s on %s to trunkline_worker', object.rights, object.name);
    end if;
  end loop;
  for object in
    select p.oid::regprocedure as name from pg_proc p
     where p.pronamespace = 'public'::regnamespace and p.proname in ('tl_time', 'tl_union')
  loop
    execute format('alter function %s owner to trunkline_owner', object.name);
  end loop;
end $$;

revoke create on schema public from public;
grant usage, create on schema public to trunkline_owner;
grant usage on schema public to trunkline_worker, trunkline_readonly;
