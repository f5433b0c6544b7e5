-- SPDX-License-Identifier: Apache-2.0
-- Returns whether this login has the privilege $1 on webhook_events.
select has_table_privilege('webhook_events', $1)
