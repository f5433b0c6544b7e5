-- SPDX-License-Identifier: Apache-2.0
-- {join} of copies_slice.sql: the event of a copy, for its type.
left join webhook_events using (event_key)
