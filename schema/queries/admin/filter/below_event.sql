-- SPDX-License-Identifier: Apache-2.0
-- Condition: below the row ({microseconds}, {id}) in the order of a list. The first comparison bounds the index scan.
e.received_at <= tl_time({microseconds}::bigint)
   and (e.received_at, e.id) < (tl_time({microseconds}::bigint), {id}::bigint)
