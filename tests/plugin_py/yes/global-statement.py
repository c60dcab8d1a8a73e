COUNT = 0


class Plugin:
    def run(self):
        """Counts."""
        global COUNT
        COUNT += 1
