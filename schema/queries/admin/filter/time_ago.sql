-- SPDX-License-Identifier: Apache-2.0
-- A point in time, in milliseconds before now.
(now() - {milliseconds}::bigint * interval '1 millisecond')
