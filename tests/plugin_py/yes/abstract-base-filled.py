from abc import ABC, abstractmethod


class Base(ABC):
    @abstractmethod
    def run(self): ...
    @property
    @abstractmethod
    def name(self): ...


class Plugin(Base):
    name = "x"
    def run(self): ...
