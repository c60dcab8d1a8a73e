class Plugin:
    def run(self, x):
        match x:
            case {"kind": "ip", "value": str(value), **rest} if value:
                return value
            case [first, *others]:
                return first
            case "a" | "b" | -1:
                return 1
            case _:
                return 0
