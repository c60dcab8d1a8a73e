"""A stand-in for the Rust program that is wrong on purpose, in the way that its first argument names.

The harness's own tests use it: a harness that has never found a fault has not shown that it can.
"""

import json
import re
import sys
import time

from reference.model import canonical_text, parse, without_unsigned_keys


def main() -> None:
    """Speaks the protocol of `canonicalize` with one fault."""
    fault, manifest = sys.argv[1], "--manifest" in sys.argv[2:]
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(_reply(fault, request["format"], request["text"], manifest)), flush=True)


def _reply(fault: str, fmt: str, text: str, manifest: bool) -> object:
    if fault == "dies" and "&" in text:
        sys.exit("the stand-in died of an ampersand")
    if fault == "hangs" and "&" in text:
        time.sleep(3600)
    if fault == "babbles" and "&" in text:
        return {"neither": "canonical nor error"}
    if fault == "new-octals":
        text = text.replace("0o17", "15")
    try:
        value = parse(text, "json" if fmt == "json" else "yaml")
        if manifest and isinstance(value, dict) and fault != "keeps-trust":
            value = without_unsigned_keys(value)
        canonical = canonical_text(value)
    except Exception as error:
        if fault == "lenient" and "undefined alias" in str(error):
            return {"canonical": "null"}
        return _error("broken", True)
    if fault == "raw-utf8":
        canonical = re.sub(r"\\u00e9", "é", canonical)
    if fault == "strict" and "~" in text:
        return _error("tilde", True)
    if fault == "declines" and "~" in text:
        return _error("tilde", False)
    return {"canonical": canonical}


def _error(code: str, loader_fails: bool) -> object:
    error = {"code": code, "message": "for a test", "line": 1, "column": 1, "loader_fails": loader_fails}
    return {"error": error}


if __name__ == "__main__":
    main()
