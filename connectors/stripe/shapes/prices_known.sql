select * from shape.prices
qualify row_number() over (partition by price_id order by file_number desc) = 1
