-- SPDX-License-Identifier: Apache-2.0
-- Roles for a production database. Roles belong to the whole cluster, so no migration makes them: a
-- superuser runs this file in Trunkline's database before the first `trunkline migrate`, so that the owner
-- can make the tables, and again after each migration, since grants name the tables that are there.
-- Running it again changes nothing.
--
--   psql -d trunkline -v ON_ERROR_STOP=1 -f schema/roles.sql
--   psql -d trunkline -c '\password trunkline_owner'      (and so on)
--   trunkline migrate --postgres postgresql://trunkline_owner@.../trunkline
--   psql -d trunkline -v ON_ERROR_STOP=1 -f schema/roles.sql
--
--   trunkline_owner     owns the tables: migrate, send (which removes its rows again), dead delete, clean-up by hand
--   trunkline_worker    what trunkline-worker, `trunkline queue` and `trunkline dead` need: no DDL, and DELETE only
--                       where restructuring needs it (schema/README.md)
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
  -- Ours alone: the schema may hold other tables.
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
