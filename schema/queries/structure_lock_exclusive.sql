-- SPDX-License-Identifier: Apache-2.0
-- Batches that change what other rows are computed from (own numbers, links) run alone. Never taken after the
-- shared one in the same transaction: two upgraders would wait for each other.
select pg_advisory_xact_lock(1953655660)
