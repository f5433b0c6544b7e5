-- SPDX-License-Identifier: Apache-2.0
-- Deletes the dead letters of the array $1 with their copies and records them under the deletion $2, in one statement, so
-- that the record is complete. Returns the ids and the number of copies. A later delivery of the same bytes is a new
-- event.
with chosen as materialized (
  select id from webhook_events where id = any($1::bigint[]) and state = 'dead' order by id for update
), deleted as (
  delete from webhook_events e
   using chosen
   where e.id = chosen.id and e.state = 'dead'
  returning e.id, e.event_key, e.event_id, e.event_type, e.delivery_id, e.entry_id, e.received_at, e.finished_at,
            e.error_message
), copies as (
  delete from event_copies where event_key in (select event_key from deleted) returning event_key
), recorded as (
  insert into dead_deleted_events (deletion_id, id, event_key, event_id, event_type, delivery_id, entry_id, received_at,
                                   finished_at, reason, copies)
  select $2::bigint, d.id, d.event_key, left(d.event_id, 200), left(d.event_type, 200), left(d.delivery_id, 200),
         left(d.entry_id, 200), d.received_at, d.finished_at, left(d.error_message, 200),
         (select count(*) from copies c where c.event_key = d.event_key)
    from deleted d
), summed as (
  update dead_deletions
     set events = events + (select count(*) from deleted), copies = copies + (select count(*) from copies), ended_at = now()
   where id = $2::bigint
)
select d.id, (select count(*) from copies) from deleted d
