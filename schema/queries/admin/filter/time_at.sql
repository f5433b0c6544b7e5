-- SPDX-License-Identifier: Apache-2.0
-- A point in time, in microseconds since 1970.
tl_time({microseconds}::bigint)
