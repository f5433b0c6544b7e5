-- SPDX-License-Identifier: Apache-2.0
-- Makes the dead letters of the array $1 due now with no attempts counted, and records it for the operator $2. The reason
-- is kept until the next one. Returns the ids.
with chosen as (
  select id, attempts, finished_at, error_message as reason
    from webhook_events
   where id = any($1::bigint[]) and state = 'dead'
   order by id
     for update
), changed as (
  update webhook_events e
     set state = 'retrying', next_attempt_at = now(), attempts = 0, claims = 0, finished_at = null
    from chosen
   where e.id = chosen.id and e.state = 'dead'
  returning e.id
), logged as (
  insert into operator_log (action, event_id, attempts, finished_at, reason, who)
  select 'replay', chosen.id, attempts, finished_at, left(reason, 1000), $2
    from chosen
    join changed using (id)
   order by id
)
select id from changed order by id
