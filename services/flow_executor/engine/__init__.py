"""The pure engine: no I/O, no clock, no randomness, no bus. The same inputs always give the same events.

`graph.compile_flow` makes a definition ready; `decide.start`, `decide.resume` and `decide.cancel` give events;
`run.evolve` folds them into a run; `replay.redecide` decides a recorded run again; `checks.examine` finds what is
wrong with a definition. A node type is one entry of a module in `nodes/`.
"""
