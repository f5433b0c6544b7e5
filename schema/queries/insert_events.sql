-- SPDX-License-Identifier: Apache-2.0
-- One row an event key. A row that is there already wins, whatever its state.
insert into webhook_events
  (event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
   next_attempt_at, finished_at, received_at, occurred_at, activity_id,
   delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
select event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
       case when state = 'retrying' then now() + delay_ms * interval '1 millisecond' end,
       case when state <> 'retrying' then now() end,
       tl_time(received_us), tl_time(occurred_us), activity_id,
       delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload::json, raw
  from unnest($1::bytea[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::integer[],
              $9::bigint[], $10::bigint[], $11::bigint[], $12::text[],
              $13::text[], $14::text[], $15::text[], $16::text[], $17::integer[], $18::integer[], $19::text[],
              $20::bytea[])
    as e (event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
          delay_ms, received_us, occurred_us, activity_id,
          delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
 order by event_key
on conflict (event_key) do nothing
returning encode(event_key, 'hex')
