"""What OpenMeter is: kinds, durations, JSON paths, currencies, schemas. No I/O but packaged data; knows no files, no plans, no HTTP."""
