-- SPDX-License-Identifier: Apache-2.0
-- Activities that events have put into a conversation already, and the ids of it that they named.
select openphone_id, conv_refs from activities
 where openphone_id = any ($1::text[]) and conv_refs is not null
