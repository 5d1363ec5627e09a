"""The steps from the inbox to readers, and whether there is anything to do."""
