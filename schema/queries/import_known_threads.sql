-- SPDX-License-Identifier: Apache-2.0
-- Returns the activities that have provider conversation ids from events, and these ids.
select openphone_id, conv_refs from activities
 where openphone_id = any ($1::text[]) and conv_refs is not null
