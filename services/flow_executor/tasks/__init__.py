"""The worker of tasks: work outside that flows ask for, done at least once, each under its own idempotency key.

`worker` takes tasks of one kind, many at once, and tells how each ended; `wanted` says whether its run still waits.
`http_requests`, `mail` and `notices` make one attempt each; `outside` is the way to other hosts, past the guard of
`hosts`. `workers` puts them together.
"""
