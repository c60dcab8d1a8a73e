import abc


class Plugin:
    @abc.abstractmethod
    def run(self): ...
