title: str
