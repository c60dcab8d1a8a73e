class Plugin:
    pass


if __name__ == "__main__":
    print(Plugin().nothing)
