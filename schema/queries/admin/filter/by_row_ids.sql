-- SPDX-License-Identifier: Apache-2.0
-- Condition: the row is one of the array {ids}.
e.id = any({ids}::bigint[])
