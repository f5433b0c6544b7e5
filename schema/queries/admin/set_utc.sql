-- SPDX-License-Identifier: Apache-2.0
-- Times without a zone are UTC in this transaction.
set local timezone to 'UTC'
