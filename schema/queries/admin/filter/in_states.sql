-- SPDX-License-Identifier: Apache-2.0
-- Condition: the state is one of the array {states}.
e.state = any({states}::text[])
