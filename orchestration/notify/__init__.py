"""Who is told, and how: channels of `notify.yml`, the forms of a message, what was told before."""
