from ..sdk import Base


class Plugin(Base):
    pass
