from abc import ABC


class Plugin(ABC):
    def run(self): ...
