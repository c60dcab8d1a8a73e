"""Compares the Rust reader of manifests with CPython and PyYAML, on as many documents as one cares to wait for.

The door on the Rust side is the example program `canonicalize` of `crates/canonical`; the oracle is Python itself.
Every document ends in one of: agreed bytes, agreed error, declined (ours refuses with a reason where Python goes on),
oracle gave up, or disagreement. `python3 -m differential --help` says how to run it.
"""
