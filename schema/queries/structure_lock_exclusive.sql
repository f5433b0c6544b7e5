-- SPDX-License-Identifier: Apache-2.0
-- Held by batches that change own numbers or links, on which derived columns of other rows depend. Never taken after the
-- shared lock in the same transaction: two transactions that upgrade would wait for each other.
select pg_advisory_xact_lock(1953655660)
