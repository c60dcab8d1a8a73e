class Plugin:
    größe = 1
    def prüfe(self, é): return é
