-- SPDX-License-Identifier: Apache-2.0
-- Inserts many new event rows in binary form: no array is parsed, and a page of rows is one WAL record. Omitted columns
-- have the defaults of a settled row: no attempt is counted, nothing is due.
copy webhook_events
  (event_key, event_id, event_type, api_version, state, error_message, finished_at, received_at, occurred_at,
   activity_id, delivery_id, provider_delivery_id, entry_id, scheme, key_index, parser_version, payload, raw)
from stdin (format binary)
