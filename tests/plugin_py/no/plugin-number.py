Plugin = 3
