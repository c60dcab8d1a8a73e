class Plugin:
    def run(self):
        x = 1
        def f():
            nonlocal x
            x = 2
