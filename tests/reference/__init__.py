"""A second implementation of AiSOC's loader contract, in Python, to test the first one against.

It is written from the contract's text alone and stays as short as that text, because the parts that are hard to
write in another language are Python itself here: PyYAML reads the manifest, `json` writes it, `pathlib` finds the
files and `cryptography` checks the signature.
"""
