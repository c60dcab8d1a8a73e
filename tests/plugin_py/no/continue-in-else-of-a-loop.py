class Plugin:
    def run(self):
        for x in y: ...
        else:
            continue
