"""Who is online: the transitions that follow from live sessions, told once each, and the list of this moment."""
