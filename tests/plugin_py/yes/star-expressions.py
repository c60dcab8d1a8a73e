class Plugin:
    def run(self, *a, **k):
        first, *rest = a
        for x in *a, *rest:
            print(*a, **k)
        return *a, [*a], {*a}, {**k}, a[*rest, 1]
