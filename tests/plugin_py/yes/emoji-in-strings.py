class Plugin:
    name = "😀 “quoted” …"  # → comment
