-- SPDX-License-Identifier: Apache-2.0
-- Returns three fictitious numbers, 555-0100 to 555-0199 in the area codes $1, that no row of contacts or own_numbers has.
select phone
from (select '+1' || area || '55501' || lpad(n::text, 2, '0') as phone
  from unnest($1::text[]) area, generate_series(0, 99) n) candidates
where not exists (select from contacts c where c.phone = candidates.phone)
  and not exists (select from own_numbers o where o.phone = candidates.phone)
order by random() limit 3
