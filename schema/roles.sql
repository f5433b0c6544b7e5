-- SPDX-License-Identifier: Apache-2.0
-- Roles for a production database. Roles belong to the whole cluster, so no migration makes them: a
-- superuser runs this file in Trunkline's database after the first `trunkline migrate`, and again after
-- each later one, since grants name the tables that are there. Running it again changes nothing.
--
--   psql -d trunkline -v ON_ERROR_STOP=1 -f schema/roles.sql
--   psql -d trunkline -c '\password trunkline_worker'     (and so on)
--
--   trunkline_owner     owns the tables: migrate, send (which removes its rows again), clean-up by hand
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
    select c.oid::regclass as name from pg_class c
     where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
       and c.relname in ('activities', 'contact_cards', 'contacts', 'controls', 'conversation_links', 'conversations',
                         'own_numbers', 'recordings', 'schema_migrations', 'webhook_events')
  loop
    execute format('alter table %s owner to trunkline_owner', object.name);
    execute format('revoke all on %s from public, trunkline_worker, trunkline_readonly', object.name);
    execute format('grant select on %s to trunkline_worker, trunkline_readonly', object.name);
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

grant insert, update on activities, contact_cards, contacts, controls, conversation_links, conversations, own_numbers,
  recordings, webhook_events to trunkline_worker;
grant delete on contacts, conversations, conversation_links to trunkline_worker;
