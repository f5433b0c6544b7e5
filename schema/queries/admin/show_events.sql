-- SPDX-License-Identifier: Apache-2.0
-- Returns all columns of the rows $1, with the size of the payload instead of the payload.
select id, event_id, event_type, state, scheme, entry_id, delivery_id,
       to_char(received_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), api_version, error_message, sqlstate,
       to_char(next_attempt_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'),
       to_char(finished_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"'), activity_id,
       provider_delivery_id, attempts, claims, key_index, parser_version,
       octet_length(coalesce(raw, convert_to(payload::text, 'UTF8'))),
       to_char(leased_until at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')
  from webhook_events
 where id = any($1::bigint[])
 order by id
