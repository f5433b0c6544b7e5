-- SPDX-License-Identifier: Apache-2.0
-- Many new rows at once, their values in binary form: no array is taken apart, a body goes from the wire into its row,
-- and a page of rows is one record of the WAL. What is left out is as for every row just settled: no attempt was
-- counted, nothing is due.
copy webhook_events
  (event_key, event_id, event_type, api_version, state, error_message, finished_at, received_at, occurred_at,
   activity_id, delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
from stdin (format binary)
