class Plugin:
    def run(self, data):
        while chunk := data.read(1):
            print(chunk)
