-- SPDX-License-Identifier: Apache-2.0
-- A join and not "= any": with a prepared array that would compare every row with every element.
select c.phone, c.id, c.named from unnest($1::text[]) as g (phone) join contacts c on c.phone = g.phone collate "C"
