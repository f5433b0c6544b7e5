-- SPDX-License-Identifier: Apache-2.0
-- Condition: the row ({microseconds}, {id}), or one that died later.
(e.finished_at, e.id) >= (tl_time({microseconds}::bigint), {id}::bigint)
