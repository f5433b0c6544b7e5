-- SPDX-License-Identifier: Apache-2.0
-- Condition: received before {time}.
e.received_at < {time}
