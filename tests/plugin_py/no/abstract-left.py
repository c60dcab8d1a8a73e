from abc import ABC, abstractmethod


class Base(ABC):
    @abstractmethod
    def run(self): ...
    @abstractmethod
    def stop(self): ...


class Plugin(Base):
    def run(self): ...
