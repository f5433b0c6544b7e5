-- SPDX-License-Identifier: Apache-2.0
-- Condition: the event type has one of the spellings in the array {spellings}.
e.event_type = any({spellings}::text[])
