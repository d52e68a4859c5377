"""Mutation testing of the rooms where a wrong line bills somebody wrongly: one small change at a time, which a test has to notice.

`walk` knows where a module says what it does, `operators` the changes, `coverage_map` which tests run a line,
`judge` runs them on one mutant. Nothing is written to the package: a mutant lives in the memory of the process that judges it.
"""
