﻿class Plugin:
    pass
