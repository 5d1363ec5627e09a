-- Each credit note as it was seen last, once it was voided as that.
select *
from shape.credit_notes
where is_live or getvariable('include_test_mode') = 'yes'
qualify
    row_number() over (
        partition by credit_note_id order by status = 'void' desc, file_number desc, row_number desc
    ) = 1
