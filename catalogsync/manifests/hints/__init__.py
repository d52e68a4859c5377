"""What is said of what people wrote: what it means, and what to write instead. Pure: texts and values in, words out.

Nothing is read or parsed here as a manifest, and nothing here is looked at before something is wrong.
"""
