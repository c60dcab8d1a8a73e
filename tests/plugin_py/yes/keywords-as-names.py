match = case = type = lazy = 1
_ = type


class Plugin:
    match = 1
    def type(self, case): return match(case)
