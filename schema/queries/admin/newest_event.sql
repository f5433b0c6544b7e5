-- SPDX-License-Identifier: Apache-2.0
-- The highest row number in use.
select coalesce(max(id), 0) from webhook_events
