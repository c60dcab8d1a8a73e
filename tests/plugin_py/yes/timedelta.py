from datetime import datetime, timedelta, timezone
WAIT = timedelta(minutes=5)
ZONE = timezone.utc


class Plugin:
    def run(self, at: datetime): ...
