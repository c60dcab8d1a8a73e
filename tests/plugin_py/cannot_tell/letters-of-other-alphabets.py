class Plugin:
    имя = 1
