class Plugin:
    def run(self, a, b):
        return f"{a['x']!r:>{b}} {a.b(1, c=2)[1:]:%H:%M} {a!s} {b=} {{}} {', '.join(x for x in a)}" f'{a["y"]}' rf"\d{a}"
