from collections import defaultdict, deque


class Plugin:
    def __init__(self):
        self.seen = defaultdict(list)
        self.last = deque(maxlen=100)
