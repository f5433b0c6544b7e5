-- SPDX-License-Identifier: Apache-2.0
-- Condition: the reason contains the text {reason}. strpos(), not LIKE: the text may contain % and _.
strpos(lower(e.error_message), lower({reason})) > 0
