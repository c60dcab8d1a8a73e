class Plugin:
    class Config:
        timeout = 3
    config = Config
