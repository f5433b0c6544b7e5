-- SPDX-License-Identifier: Apache-2.0
-- Condition: died before {time}.
e.finished_at < {time}
