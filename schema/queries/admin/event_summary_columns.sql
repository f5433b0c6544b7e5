-- SPDX-License-Identifier: Apache-2.0
-- The columns of `webhook_events e` that a list of events shows.
e.id, e.event_id, e.event_type, e.state, e.error_message, e.sqlstate, e.attempts,
       to_char(e.received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(e.next_attempt_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(e.finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), e.activity_id
