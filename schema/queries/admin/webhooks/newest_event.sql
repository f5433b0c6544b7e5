-- SPDX-License-Identifier: Apache-2.0
-- The greatest id of webhook_events; later rows have greater ids.
select coalesce(max(id), 0) from webhook_events
