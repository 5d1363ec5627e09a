-- Answers that are no number, where a number is expected.
select label_key
from shape.answers
where not is_text and try_cast(value as decimal(18, 4)) is null
