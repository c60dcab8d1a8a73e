class Plugin:
    def run(self, rows):
        return [x for r in rows for x in r if x], {x: 1 for x in rows}, {x for x in rows}, sum(x for x in rows)
