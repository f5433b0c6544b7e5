-- SPDX-License-Identifier: Apache-2.0
-- Inserts one row per event key. An existing row wins in any state. The bodies are one value ($1, in binary form), from
-- which substr takes each by offset and length: as array elements each byte would be read four times.
insert into webhook_events
  (event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
   next_attempt_at, finished_at, received_at, occurred_at, activity_id,
   delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
select event_key, event_id, event_type, api_version, state, error_message, sqlstate, attempts,
       case when state = 'retrying' then now() + delay_ms * interval '1 millisecond' end,
       case when state <> 'retrying' then now() end,
       received_at, occurred_at, activity_id,
       delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version,
       case when json_from is not null then convert_from(substr($1::bytea, json_from, length), 'UTF8')::json end,
       case when json_from is null then substr($1::bytea, raw_from, length) end
  from (select unnest($2::bytea[]) as event_key, unnest($3::text[]) as event_id,
               unnest($4::text[]) as event_type, unnest($5::text[]) as api_version, unnest($6::text[]) as state,
               unnest($7::text[]) as error_message, unnest($8::text[]) as sqlstate,
               unnest($9::integer[]) as attempts, unnest($10::bigint[]) as delay_ms,
               unnest($11::timestamptz[]) as received_at, unnest($12::timestamptz[]) as occurred_at,
               unnest($13::text[]) as activity_id, unnest($14::text[]) as delivery_id,
               unnest($15::text[]) as provider_delivery_id, unnest($16::text[]) as entry_id,
               unnest($17::text[]) as scheme, unnest($18::integer[]) as key_index,
               unnest($19::integer[]) as parser_version, unnest($20::integer[]) as json_from,
               unnest($21::integer[]) as raw_from, unnest($22::integer[]) as length) as e
on conflict (event_key) do nothing
returning encode(event_key, 'hex')
