-- SPDX-License-Identifier: Apache-2.0
-- One row an event key. A row that is there already wins, whatever its state. The bodies come as one value ($1,
-- in binary form) and are cut out by place and length: as elements of an array each byte of them would be read
-- four times.
insert into webhook_events
  (event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
   next_attempt_at, finished_at, received_at, occurred_at, activity_id,
   delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
select event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
       case when state = 'retrying' then now() + delay_ms * interval '1 millisecond' end,
       case when state <> 'retrying' then now() end,
       tl_time(received_us), tl_time(occurred_us), activity_id,
       delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version,
       case when json_from is not null then convert_from(substr($1::bytea, json_from, length), 'UTF8')::json end,
       case when json_from is null then substr($1::bytea, raw_from, length) end
  from (select * from unnest($2::bytea[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                             $9::integer[], $10::bigint[], $11::bigint[], $12::bigint[], $13::text[], $14::text[],
                             $15::text[], $16::text[], $17::text[], $18::integer[], $19::integer[],
                             $20::integer[], $21::integer[], $22::integer[])
            as g (event_key, event_id, event_type, api_version, state, error_message, sqlstate,
                  attempts, delay_ms, received_us, occurred_us, activity_id, delivery_id,
                  provider_delivery_id, entry_id, scheme, key_index, parser_version,
                  json_from, raw_from, length)
         order by event_key) as e
on conflict (event_key) do nothing
returning encode(event_key, 'hex')
