-- SPDX-License-Identifier: Apache-2.0
-- Condition: died before the row ({microseconds}, {id}).
(e.finished_at, e.id) < (tl_time({microseconds}::bigint), {id}::bigint)
