-- SPDX-License-Identifier: Apache-2.0
-- Every transaction that changes business rows holds the structure lock: ordinary batches share it.
select pg_advisory_xact_lock_shared(1953655660)
