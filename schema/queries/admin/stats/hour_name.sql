-- SPDX-License-Identifier: Apache-2.0
-- {name} of a group by hour: minutes since 1970.
(extract(epoch from name) / 60)::bigint::text
