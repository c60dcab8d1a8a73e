globals()["Plugin"] = int
