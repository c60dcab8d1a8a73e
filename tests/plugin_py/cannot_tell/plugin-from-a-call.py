def make(): ...


Plugin = make()
