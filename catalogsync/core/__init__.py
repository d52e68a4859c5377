"""The words of the product: references, models, values, changes, plans, reports, diagnostics, errors, canonical values.

Standard library and exact JSON only, no I/O, no knowledge of a particular kind of object.
"""
