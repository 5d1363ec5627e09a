select id as person_id, email from native.people
