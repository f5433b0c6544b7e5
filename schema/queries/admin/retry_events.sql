-- SPDX-License-Identifier: Apache-2.0
-- Makes the retries of the array $1 due now and records it for the operator $2. A leased event is not changed: its
-- attempt is in progress. Returns the ids.
with chosen as (
  select id, attempts, null::timestamptz as finished_at, error_message as reason
    from webhook_events
   where id = any($1::bigint[]) and state = 'retrying' and (leased_until is null or leased_until < now())
   order by id
     for update
), changed as (
  update webhook_events e
     set next_attempt_at = least(e.next_attempt_at, now())
    from chosen
   where e.id = chosen.id and e.state = 'retrying'
  returning e.id
), logged as (
  insert into operator_log (action, event_id, attempts, finished_at, reason, who)
  select 'retry', chosen.id, attempts, finished_at, left(reason, 1000), $2
    from chosen
    join changed using (id)
   order by id
)
select id from changed order by id
