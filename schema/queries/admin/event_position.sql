-- SPDX-License-Identifier: Apache-2.0
-- Returns the position of the row $1 in a list of events.
select (extract(epoch from received_at) * 1000000)::bigint from webhook_events where id = $1::bigint
