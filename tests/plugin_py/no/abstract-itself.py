import abc


class Plugin(abc.ABC):
    @property
    @abc.abstractmethod
    def name(self): ...
