"""Python's view of marketplace indexes.

`make SEED COUNT` writes cases, one JSON object a line: an index as `json.dumps` writes it, an entry, and what `json.dumps` writes
once the entry is in. `judge` reads lines of hex and says for each whether `json.loads` takes the bytes.
"""

import json
import random
import sys

FIELDS = ["id", "name", "type", "description", "author", "version", "tags", "url", "install", "signing_key_id"]
TEXTS = ["", "plain", 'a "quoted" \\ text', "Zoë", "日本語 😀", "tab\tand\nnewline", "</script>", "é" * 3, "x" * 90, "a/b\b\f"]
STYLES = [
    {"indent": 2},
    {"indent": 4},
    {"indent": "\t"},
    {"indent": 1},
    {},
    {"separators": (",", ":")},
    {"indent": 2, "separators": (",", " : ")},
]


def main() -> int:
    if sys.argv[1] == "judge":
        for line in sys.stdin:
            print(int(_is_json(bytes.fromhex(line))))
        return 0
    dice = random.Random(int(sys.argv[2]))
    for _ in range(int(sys.argv[3])):
        print(json.dumps(_case(dice)))
    return 0


def _is_json(data: bytes) -> bool:
    def refuse(name):
        raise ValueError(name)

    try:
        json.loads(data.decode("utf-8-sig"), parse_constant=refuse)
        return True
    except ValueError:
        return False


def _case(dice: random.Random) -> dict:
    style = dict(dice.choice(STYLES), ensure_ascii=dice.random() < 0.5)
    items = [_item(dice, f"{dice.choice('abcmnz')}{n}{dice.choice(['', '.x', '-y'])}") for n in range(dice.randrange(6))]
    order = dice.choice(["type-then-id", "id", "none"])
    keys = {"type-then-id": lambda item: (item["type"], item["id"]), "id": lambda item: item["id"]}
    if order != "none":
        items.sort(key=keys[order])
    entry = _entry(dice, "m5.q")
    if items and dice.random() < 0.6:
        place = dice.randrange(len(items))
        items[place] = _old(dice, entry, items[place])
        if order != "none":
            items.sort(key=keys[order])
    is_object = dice.random() < 0.6
    if not items and not is_object:
        # Nothing but two brackets shows no style.
        style = {"indent": 2, "ensure_ascii": True}
    head = {"$schema": "x", "version": 1.0, "note": "ü"}
    tail = {"stats": {"total": 7, "e": 1e22}, "last": [1, []]} if dice.random() < 0.5 else {}

    def write(items) -> str:
        root = dict(head, items=items, **tail) if is_object else items
        return json.dumps(root, **style)

    before = write(items)
    if not style["ensure_ascii"] and before.isascii():
        # An index without any other character shows that it keeps to ASCII.
        style["ensure_ascii"] = True
    after = write(_with(items, entry))
    newline = dice.choice(["\n", "\r\n"])
    start, end = dice.choice(["", "\ufeff"]), dice.choice(["", newline, newline * 2])
    if "\n" not in before + end:
        # An index on one line shows no line ending.
        newline = "\n"
    finish = lambda text: start + text.replace("\n", newline) + end  # noqa: E731
    return {"before": finish(before), "entry": entry, "after": finish(after), "style": repr(style)}


def _item(dice: random.Random, item_id: str) -> dict:
    item = {"id": item_id, "type": dice.choice(["plugin", "detection", "playbook"]), "name": dice.choice(TEXTS)}
    for key, value in [("tags", ["a", "é"]), ("none", []), ("n", -0.0), ("deep", {"x": [1, {"y": None}]}), ("e", {})]:
        if dice.random() < 0.5:
            item[key] = value
    return item


def _entry(dice: random.Random, entry_id: str) -> dict:
    entry = {
        "id": entry_id,
        "name": dice.choice(TEXTS),
        "type": "plugin",
        "description": dice.choice(TEXTS),
        "author": dice.choice(TEXTS),
        "version": dice.choice(["1.0.0", "1.10.0", "2"]),
        "tags": dice.choice([[], ["a"], ["threat-intel", "Ä", "b"]]),
        "url": "https://example.org/ä",
        "install": "pip install x",
        "signing_key_id": dice.choice(["myorg-prod", "other"]),
    }
    for key in ["description", "author", "url", "install"]:
        if dice.random() < 0.3:
            del entry[key]
    return entry


def _old(dice: random.Random, entry: dict, other: dict) -> dict:
    """The item of the same plugin as an earlier release left it."""
    old = dict(entry)
    for key, value in [("version", "0.9"), ("tags", ["old", "er"]), ("tags", []), ("name", "Old"), ("signing_key_id", 7)]:
        if dice.random() < 0.4:
            old[key] = value
    for key in FIELDS:
        if key not in ("id", "type") and dice.random() < 0.25:
            old.pop(key, None)
    old.update({key: value for key, value in other.items() if key not in FIELDS})
    keys = list(old)
    if dice.random() < 0.4:
        dice.shuffle(keys)
    return {key: old[key] for key in keys}


def _with(items: list[dict], entry: dict) -> list[dict]:
    """The items with the entry among them."""
    for place, item in enumerate(items):
        if (item["type"], item["id"]) == ("plugin", entry["id"]):
            return items[:place] + [_updated(item, entry)] + items[place + 1 :]
    by_type = [(item["type"], item["id"]) for item in items]
    by_id = [item["id"] for item in items]
    if by_type == sorted(by_type):
        return sorted(items + [entry], key=lambda item: (item["type"], item["id"]))
    if by_id == sorted(by_id):
        return sorted(items + [entry], key=lambda item: item["id"])
    return items + [entry]


def _updated(item: dict, entry: dict) -> dict:
    """What differs is replaced where it stands; what is missing comes behind its documented neighbour."""
    pairs = [[key, entry.get(key, value) if key in FIELDS else value] for key, value in item.items()]
    neighbour = None
    for key in FIELDS:
        if key not in entry:
            continue
        keys = [name for name, _ in pairs]
        if key not in keys:
            pairs.insert(keys.index(neighbour) + 1, [key, entry[key]])
        neighbour = key
    return {key: value for key, value in pairs}


if __name__ == "__main__":
    sys.exit(main())
