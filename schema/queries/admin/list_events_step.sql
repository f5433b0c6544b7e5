-- SPDX-License-Identifier: Apache-2.0
-- One step along an index: {rows} rows that fulfil {bounds}, newest first, each with the result of {filter}.
(select e.id, e.event_id, e.event_type, e.state, e.error_message, e.sqlstate, e.attempts, e.received_at,
               e.next_attempt_at, e.finished_at, e.activity_id, ({filter}) as fits
          from webhook_events e
         where {bounds}
         order by e.received_at desc, e.id desc
         limit {rows}::bigint)
