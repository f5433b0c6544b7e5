-- SPDX-License-Identifier: Apache-2.0
-- Condition: the last failure has this SQLSTATE.
e.sqlstate = {sqlstate}
