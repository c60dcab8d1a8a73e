"""Awkward nodes, written by hand, in every place where a node can stand.

Each has a rule of its own behind it: empty nodes, doubled tags and anchors, merges of nothing, value keys, colons and
question marks without company, keys over several lines, tabs as separation.
"""

import random

SNIPPETS: tuple[str, ...] = (
    "{<<: [[]]}", "{<<: ['']}", "{<<: [~]}", "{<<: ''}", "{<<: ~}", "{<<: }", "{<<: [[], {a: 1}]}",
    "{<<: [!!str '']}", "{<<: !!null ''}", "{<<: !!set {a}}", "{<<: !!omap []}", "{<<: !!omap [{a: 1}]}",
    "{<<: !!pairs []}", "{<<: !!map {}}", "{<<: !!binary ''}", "{<<: [!!set {a}, !!omap []]}", "{? <<}",
    "{?  !!merge x : {a: 1}}", "{!!value x: 1}", "!!str {!!value x: a}", "!!str {= : a, = : b}",
    "!!str {? = : {=: c}}", "!!str {=: [a]}", "!!str {=: {a: b}}", "!!str {=: {}}", "!!str {}",
    "!!int {=: {=: '0x1F'}}", "!!float {=: &x '1.5', b: *x}", "!!null {}", "!!null []", "!!null [1,2]",
    "!!null {a: [2024-13-01]}", "!!bool {=: on}", "!!bool []", "!!binary {=: aGk=}",
    "!!timestamp {=: '2024-01-15'}", "!!seq []", "!!omap {}", "!!omap ''", "!!pairs ~", "!!set []", "!!set ''",
    "!!set", "!!omap", "!!map", "!!seq", "!!map ''", "!!str", "!!int", "!!float", "!!bool", "!!null", "!!null x",
    "!!null {=: 2024-13-45}", "{a: &x , b: *x}", "{a: &x !!str , b: *x}", "{a: !!str &x , b: *x}", "&a &b c",
    "!!str !!str c", "!a &x !b c", "[&x , *x]", "{&x a: *x}", "{&x a: b, *x : c}", "{? &x [] : 1}",
    "? &a {b: *a}", "&a ? *a", "{? a, ? b}", "{? , : }", "[? a: b]", "[? a]", "[? ]", "[?]", "[: a]",
    "[a: b: c]", "{a: b: c}", "['a':b]", '["a":b, \'c\':d]', '{"a":b}', '{"a"b}', "[a, b]: c", "{a: b}: c",
    "*a : b", "&a : b", "!!str : b", "&a: b", "*a: b", "--- *a", "-\ta", "?\ta", "a:\tb", "[a,\tb]", "a\t: b",
    '"a"\t: b', '"a" :\tb', "? |\n  a\n: b", "- ? a\n- : b", "--- |2-\n   a", "--- >+9\n         a",
    "- |9\n          a", "a: |3\n   b\n - a\n -b", "'a\nb': c", "? 'a\n  b': c", "[a\n b]: c", "[a\n b: c]",
    "[ 'a\n b': c]", "{ 'a\n b': c}", "{a\n : c}", "{a\n b: c}", "{'a'\n :c}", "['a'\n :c]", "a\n: b",
    "'a'\n: b",
)  # fmt: skip

PLACES: tuple[str, ...] = (
    "{}", "k: {}", "- {}", "? {}", "? {}\n: 1", "k:\n  {}", "k:\n- {}", "[x, {}]", "[{}]", "{{k: {}}}",
    "{{{}: 1}}", "{{? {} : 1}}", "trust: {}\nid: 1", "{{k: {}, k: 1}}", "k: {}\nk: 1", "- &x v\n- {}",
    "- &x {{a: 1}}\n- {}", "!!seq [{}]", "&x {}", "!!str {}", "! {}", "--- {}", "- - {}\n  - b", "{}\n...",
)  # fmt: skip


def document(rng: random.Random) -> str:
    """Makes a document of one awkward node in some place, or of two after each other."""
    text = _placed(rng)
    if rng.random() < 0.25:
        text += rng.choice(("\n", "\n", " ", ", ", "\n  ")) + _placed(rng)
    return text


def _placed(rng: random.Random) -> str:
    snippet = rng.choice(SNIPPETS)
    if rng.random() < 0.2:
        snippet = rng.choice(PLACES).format(snippet)
    place = rng.choice(PLACES)
    margin = "  " if place.startswith(("k:\n  ", "- ")) and rng.random() < 0.8 else ""
    return place.format(snippet.replace("\n", "\n" + margin))
