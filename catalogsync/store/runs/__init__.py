"""The run store: locks, runs with their plans and journals, and last applied catalogs of environments, in a folder or in object storage.

    blobs       what a place must be able to do · directory, object_storage   the two places
    lock        one holder per environment, with a fence · record   one run · applied   the catalog that was last applied with proof
    run_store   all of it under names

It never holds a secret: plans and catalogs name references, journals name steps.
"""
